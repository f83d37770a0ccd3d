"""Asterisk's configuration, rendered from templates: where a call comes in, is recorded and is handed to the engine."""
