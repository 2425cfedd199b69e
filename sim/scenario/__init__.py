"""A race before it begins: its settings, its clients, its lanes and its mistakes, as values.

Nothing here knows a kernel, and everything but the workload needs the standard library only, so that
``--help`` loads no NumPy.

- ``scenario``: :class:`~sim.scenario.scenario.Scenario`, all settings of a race; its short form; presets.
- ``lanes``: :data:`~sim.scenario.lanes.LANES`, an entry for each way to wait.
- ``lane_kind``: :class:`~sim.scenario.lane_kind.LaneKind`, the facts about a lane.
- ``registry``: a table to which named values can be added.
- ``faults``: the mistakes that a race can show, with their cures.
- ``fault_presets``: a scenario for each mistake.
- ``workload``: the seeded schedule of arrivals.
- ``units``: numbers with units, parsed and formatted.

Every module may be imported from outside. None imports anything but :mod:`sim.machine.clock`.
"""
