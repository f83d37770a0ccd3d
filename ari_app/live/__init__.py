"""What the HTTP API's process asks an engine about a call that goes on, and how: a socket in the data folder."""
