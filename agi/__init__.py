"""The stand-in: a process of its own that serves callers over AGI while no engine does, by the same rules."""
