"""What the processes of an installation have in common: the data folder, its settings, the log, ids, voice, checks."""
