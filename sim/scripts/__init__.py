"""A user's asyncio script, run on a simulated kernel and watched: the model of ``c10k-tui watch``.

- :mod:`~sim.scripts.script`: ``Script``, which runs a file turn by turn. Start here.
- :mod:`~sim.scripts.alternating_thread`: the thread of the host that holds the script's stack.
- :mod:`~sim.scripts.unwinding`: the end of a script from outside.
- :mod:`~sim.scripts.script_error`: the reason for which a script failed, in one line.
- :mod:`~sim.scripts.script_imports`: the modules that the script's imports find.
- :mod:`~sim.scripts.host_guard`: refuses calls that would reach the host.
- :mod:`~sim.scripts.script_output`: keeps what the script prints.
- :mod:`~sim.scripts.loop_frame`: one moment of the script as plain values, for a screen.
- :mod:`~sim.scripts.loop_figures`: turns, callbacks and times of the loop; callbacks that held it up.
- :mod:`~sim.scripts.task_rows`: each task, its state, its line, and the reason for which it waits.
- :mod:`~sim.scripts.descriptors`: each descriptor, and its state in epoll.
- :mod:`~sim.scripts.kernel_feed`: the latest events in the kernel.

Screens and commands import from any of these.
"""
