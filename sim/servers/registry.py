"""Finds the server of a lane.

All modules of this package are loaded, and every server class that names a lane is registered. So the server
of a new lane is a new file, and no list has to be changed.

Why not a list of classes: it would be one more file to change for each lane, and a server that is missing
from it would be noticed only when the lane races.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import sim.servers
from sim.servers.base import SERVERS, Server

__all__ = ["SERVERS", "server_of"]

for _module in iter_modules(sim.servers.__path__, "sim.servers."):
    if _module.name != __name__:
        import_module(_module.name)


def server_of(lane: str, fault: str = "") -> type[Server]:
    """The server class of a lane.

    Args:
        lane: a name of :data:`sim.scenario.lanes.LANES`.
        fault: the mistake of the scenario. A lane that cannot make this mistake has its usual server.

    Raises:
        KeyError: no server names this lane.
    """
    return SERVERS.get((lane, fault)) or SERVERS[lane, ""]
