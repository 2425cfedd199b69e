"""The race: lanes on the same arrivals, their network, and going back and forth in time.

- ``race``: :class:`~sim.race.race.Race`, which others use: advance, step, change settings, seek, frame.
- ``lane``: one kernel with one server, and its counters.
- ``network``: the NIC and the clients of a lane: the arrival of packets.
- ``idle_connections``: connections without an object, as entries in arrays.
- ``latency``: the histogram of latencies.
- ``descriptor_view``, ``task_views``: parts of a frame.
- ``history``: changes of settings, branches and markers.
- ``faults/``: the log of mistakes, and the diagnosis in words.
- ``time_travel/``: the time line and its checkpoints.

Other rooms import ``race``, and values of ``history``.
"""
