"""The API: a module for each group of calls, and the shapes of what comes in."""
