"""Mistakes in a race: the log of what went wrong, and the diagnosis in words."""
