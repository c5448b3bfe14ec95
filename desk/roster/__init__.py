"""The roster: a file read, checked row by row, imported as founding acts."""
