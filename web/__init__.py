"""The HTTP API: who works here, what calls there are and were, the rules, and a stream of what happens."""
