"""The cost of a call on the machine's real kernel.

The program asks, a separate process measures, and a second process makes descriptors ready:

- ``points``: a point of the curve, and its ready descriptors.
- ``measurement``: many repetitions as one figure.
- ``meter``: the measuring process as its parent sees it.
- ``survey``: many points, measured in rounds until the rounds agree.
- ``measuring_process``: the program of the measuring process; it answers one question a line.
- ``waker``: the process that makes descriptors ready.
- ``descriptor_set``: the descriptors of a measurement.
- ``timed_calls``: select, poll and epoll_wait, prepared and timed; the measurement of a point.
- ``message_chain``: one message passed along many socketpairs, as libevent's benchmark does.
- ``step_costs``: single steps that no point shows: a copied byte, epoll_ctl, a packet, an interrupt.
- ``asyncio_costs``: a turn and a callback of asyncio's event loop.
- ``lane_requests``: a request in a server that waits as a lane does.
- ``server_loops``: the loops of these servers, for readiness calls.
- ``ring_server_loops``: the loops of these servers, for io_uring.
- ``host_ring``: an io_uring of the host's kernel.

Other folders import ``points``, ``measurement``, ``meter`` and ``survey``. The others run in the measuring
process; calibration also imports the constants of ``step_costs``.
"""
