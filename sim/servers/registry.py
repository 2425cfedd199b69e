"""The servers of all lanes.

Every module of this package is loaded, and each server class that names a lane is one of them: a new lane's
server is a new file here, and no list has to know it.
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
    """The class that serves in a lane.

    Args:
        lane: a name of :data:`sim.scenario.lanes.LANES`.
        fault: the mistake of the scenario. A lane whose program cannot make it has its usual server.

    Raises:
        KeyError: no server names this lane.
    """
    return SERVERS.get((lane, fault)) or SERVERS[lane, ""]
