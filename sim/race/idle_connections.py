"""Connections at rest: an entry in arrays instead of an object.

A connection that nothing has happened to is no object (:class:`sim.kernel.descriptors.IdleBlock`). One that
was busy once and has come to rest, with nothing in its buffer, nothing to answer and no place on a
ready list, differs from it in three numbers: whose connection it is, when a packet last came, and when
epoll last asked. They lie here, by place in the block, so that such a connection can go back into the
block, and be made again when something happens to it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]


class IdleConnections:
    """What is remembered of the connections of a block that are no objects.

    Args:
        count: connections in the block.
    """

    def __init__(self, count: int) -> None:
        self.arrived_ns: Times = np.zeros(count, dtype=np.int64)
        """By place, when the latest packet arrived, plus 1; 0 for never."""
        self.checked_ns: Times = np.zeros(count, dtype=np.int64)
        """By place, when epoll last asked, plus 1; 0 for never."""
        self.clients: npt.NDArray[np.int32] = np.zeros(count, dtype=np.int32)
        """By place, how much higher the number of the client is that has it now."""
        self.places: npt.NDArray[np.int32] = np.zeros(count, dtype=np.int32)
        """By client, how much higher the place is that it has now."""

    def put(self, rows: list[tuple[int, int, int, int]]) -> None:
        """Remember connections: ``(place, client, arrived_ns, checked_ns)``, -1 for never."""
        if not rows:
            return
        places, clients, arrived_ns, checked_ns = np.array(rows, dtype=np.int64).T
        self.arrived_ns[places] = arrived_ns + 1
        self.checked_ns[places] = checked_ns + 1
        self.clients[places] = clients - places
        self.places[clients] = places - clients

    def latest_ns(self, times: Times, first: int, last: int, others: npt.NDArray[np.int64]) -> int | None:
        """The latest time at the places ``first … last``, but for ``others``; None if it is never."""
        first, last = max(first, 0), min(last, len(times) - 1)
        if last < first:
            return None
        some = times[first : last + 1].copy()
        others = others[(others >= first) & (others <= last)]
        some[others - first] = 0
        latest = int(some.max())
        return latest - 1 if latest else None

    def client_at(self, place: int) -> int:
        """Whose connection stands at a place."""
        return place + int(self.clients[place])

    def place_of(self, client: int) -> int:
        """Where a client's connection stands."""
        return client + int(self.places[client])
