"""Frames: the state of a race at one moment, as finished values.

- ``frame``: :class:`~sim.frames.frame.Frame` and its parts: lanes, counters, passes, tasks, warnings.
- ``mechanism``: the queues, lists and rings of each way to wait.

Screens, recordings, studies and tests read frames and nothing else of a race. A frame holds no object of the
kernel.
"""
