"""One module a command: ``options(parser)`` says what it takes, ``run(given)`` does it and returns the exit status."""
