"""The engine: it carries out what `routing` decides, on a real Asterisk, and is the only room that talks ARI."""
