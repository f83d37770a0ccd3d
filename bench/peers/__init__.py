"""What others would do for the same call, each in a module of its own."""
