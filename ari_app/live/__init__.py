"""What an engine does in a call that goes on when the HTTP API's process asks it, at a socket in the data folder."""
