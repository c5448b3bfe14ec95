"""The command line: `kenes`."""
