"""Mistakes in a lane.

- ``fault_log``: which fault has shown, when, and how often. The kernel's calls report to it.
- ``diagnosis``: what is wrong at this moment, read from the kernel's state, in words.
"""
