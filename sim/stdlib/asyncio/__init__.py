"""The asyncio package on a simulated kernel: asyncio's own event loop, on simulated sockets and time.

- :mod:`~sim.stdlib.asyncio.package`: ``kernel.asyncio``, the package. Start here.
- :mod:`~sim.stdlib.asyncio.simulated_loop`: the part of the loop's class that comes before asyncio's own.
- :mod:`~sim.stdlib.asyncio.charging_loop`: the members of the loop that tasks and callbacks use.
- :mod:`~sim.stdlib.asyncio.loop_watcher`: base class of an observer of a loop.
- :mod:`~sim.stdlib.asyncio.charged_handles`: callbacks that are charged for when they run.
- :mod:`~sim.stdlib.asyncio.numbered_task`: tasks with a number, so that sets of tasks have an order.
- :mod:`~sim.stdlib.asyncio.executor`: ``run_in_executor`` and ``to_thread``, on simulated threads.

Programs use ``kernel.asyncio`` or :func:`sim.asyncio_loop`. Other rooms import ``LoopWatcher``,
``TurnStep``, ``ordered_tasks`` and the handles' classes.
"""
