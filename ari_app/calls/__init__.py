"""One call in this engine: its script, and the steps that it takes."""
