"""Completion ports, as in Windows."""
