"""Mistakes in a lane.

- ``fault_log``: the faults that have occurred so far, with their times and counts. The kernel's calls report
  to it.
- ``diagnosis``: the fault of this moment, read from the kernel's state, in words.
"""
