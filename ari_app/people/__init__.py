"""Everybody in this engine: who can be rung, and why not."""
