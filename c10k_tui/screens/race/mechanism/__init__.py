"""The picture of a lane's mechanism, drawn from a frame. The lane panel imports ``picture`` only.

- ``picture``: chooses the picture of a lane.
- ``lists``: who holds the list of descriptors: select, poll, epoll, kqueue, a completion port.
- ``rings``: io_uring's two rings. ``tasks``: tasks on one CPU. ``event_loop``: an event loop on epoll.
- ``parts``: queues, gauges and the wall between program and kernel, from which all of them are made.
"""
