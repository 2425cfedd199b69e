"""Programs to read: from epoll to ``await`` in four steps. Only the packet's path and tests import them.

Read them in this order:

1. :mod:`sim.lessons.event_loop`: an event loop puts callbacks on epoll.
   :mod:`sim.lessons.echo_callbacks` is an echo server in callbacks.
2. :mod:`sim.lessons.coroutine`: futures and tasks turn callbacks into coroutines.
   :mod:`sim.lessons.echo_generators` is the same server in generators.
3. :mod:`sim.lessons.echo_await`: the same server in ``async def``.
4. :mod:`sim.lessons.echo_streams`: the same server on asyncio's streams. :mod:`sim.path.packet_path`
   follows a packet up to the line after its ``await``.

All but the last run on the modules that they are given: a simulated kernel's, or the host's own. The last
runs on any asyncio loop, also on that of :func:`sim.asyncio_loop`.

:mod:`sim.lessons.watched_loop` runs the loop of step 1 on a simulated kernel with asyncio's prices, and
observes it with the tools of :mod:`sim.scripts`.
"""
