"""What the engine and the stand-in have in common: the data folder, its settings, the log, the ids, the voice."""
