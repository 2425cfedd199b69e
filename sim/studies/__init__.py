"""Questions that take many races or measurements to answer.

- ``benchmark``: the cost of a wake-up at a point of the curve, simulated beside measured.
- ``capacity``: how many connections a lane holds.
- ``comparison``: the figures that tell the lanes apart.
- ``host_comparison``: a request in a lane, simulated beside measured on the host's kernel.
- ``published_papers``: published experiments beside the same experiments on our cost table.
- ``calibration``: a cost table measured on this machine, and its file.
- ``fit``: the cost table that explains measured points best.

Only commands, screens and benchmarks import these modules; nothing else in ``sim`` does.
"""
