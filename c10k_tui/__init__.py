"""The screen and the command line of c10k-tui: reads what :mod:`sim` says, never its inside."""

__version__ = "0.2.0"
