"""Where people work: the pages, the API and the command line."""
