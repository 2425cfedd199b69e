"""The picture of a lane's mechanism, drawn from a frame. The lane panel imports ``picture`` only.

- ``picture``: chooses the picture of a lane.
- ``lists``: the holder of the list of descriptors, for select, poll, epoll and kqueue. ``port``: a completion
  port.
- ``rings``: io_uring's two rings. ``tasks``: tasks on one CPU. ``event_loop``: an event loop on epoll.
- ``parts``: queues, gauges and the wall between program and kernel. All pictures are made from these.
"""
