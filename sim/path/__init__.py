"""One packet of a race followed, step by step, in a lane with epoll and in one with select.

- ``packet_path``: :func:`~sim.path.packet_path.follow` a packet, and find the next one to follow.
- ``path_values``: the steps of a path, as values.
- ``lane_watch``: watches a lane take the packet.
- ``kernel_steps``: the steps in the kernel, made from what was noted.
- ``asyncio_machine``: a simulated machine with an asyncio server on which the packet arrives again.
- ``asyncio_steps``: the steps in asyncio, from epoll_wait to the line after ``await``.

The program imports ``packet_path``, ``path_values`` and :data:`~sim.path.lane_watch.RING_SLOTS`.
"""
