"""A business document: who, when, what, how much."""
