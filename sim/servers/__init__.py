"""The servers: one module for each way to wait.

All servers do the same work for a request: they read it, compute, and write the answer. They differ in the
way in which they wait for a request.

- ``base``: the base class of all servers. ``task_server``: servers of several tasks.
- ``process``, ``thread``: a task for each connection. ``pool``: a poller and workers.
- ``select``, ``poll``: the whole set in every call.
- ``epoll``, ``epoll_et``, ``epoll_oneshot``, ``epoll_exclusive``: the ready list, used in four ways.
- ``asyncio_server``, ``asyncio_streams``: asyncio's event loop on epoll, and its streams.
- ``kqueue``, ``io_uring``, ``iocp``: filters, rings, and a completion port.
- ``faulty``: servers with a mistake each.
- ``registry``: finds the class for a lane.

A lane gets its server from ``registry``. A new server is a new module here, and no other module has to know
it.
"""
