"""System calls that never wait.

============  ========================================================================
file_calls    pipes, counters, timers; close, dup and other calls on descriptor numbers
socket_calls  making, connecting and closing sockets, their names and options
============  ========================================================================

:class:`sim.kernel.kernel.RawKernel` has one object of each; nothing else imports them.
"""
