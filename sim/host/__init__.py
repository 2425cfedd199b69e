"""The same calls on the machine's real kernel.

- ``host_kernel``: the raw calls through ``ctypes``, and the limit of open descriptors.
- ``host_lane``: the clients of a host lane; they send the race's requests.
- ``host_view``: the state of a host lane at one moment.
- ``due_bursts``: the bursts that a race's schedule has in a stretch of time.
- ``server_process``: the host lane's server, as its parent sees it.
- ``host_server``: the program of that server, for select, poll and epoll.
- ``host_asyncio_server``: the same server with asyncio's streams.
- ``wakeup_report``: the message in which a server reports a wake-up.
- ``child_process``: starts a module as a process of its own.
- ``measuring/``: the cost of a call on this kernel.

The program imports :class:`~sim.host.host_lane.HostLane`, :class:`~sim.host.host_view.HostView`,
:func:`~sim.host.host_kernel.why_no_host` and :mod:`sim.host.measuring`. This folder imports the servers of
the race and the rooms below them, never a race or a study.
"""
