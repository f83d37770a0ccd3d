"""Telling departments of remarks: what is told, by which way, how often it is tried."""
