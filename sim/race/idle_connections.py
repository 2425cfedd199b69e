"""Idle connections as entries in arrays.

A connection to which nothing has happened has no object (:class:`sim.kernel.descriptors.IdleBlock`). A
connection that was busy and is idle again has an empty buffer, no request to answer, and no place on a ready
list. It differs from an untouched one in three numbers: its client, the time of its last packet, and the time
at which epoll last checked it. These numbers are stored here by place in the block. So the object can be
dropped, and made again when something happens to the connection.

Why not keep the objects: a checkpoint would have to store each of them, and a race can have a million.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]


class IdleConnections:
    """The idle connections of a block.

    Args:
        count: number of connections in the block.
    """

    def __init__(self, count: int) -> None:
        self.arrived_ns: Times = np.zeros(count, dtype=np.int64)
        """By place: time of the latest packet plus 1, in ns; 0 for never."""
        self.checked_ns: Times = np.zeros(count, dtype=np.int64)
        """By place: time at which epoll last checked plus 1, in ns; 0 for never."""
        self.clients: npt.NDArray[np.int32] = np.zeros(count, dtype=np.int32)
        """By place: number of its client minus the place."""
        self.places: npt.NDArray[np.int32] = np.zeros(count, dtype=np.int32)
        """By client: its place minus the number of the client."""

    def put(self, rows: list[tuple[int, int, int, int]]) -> None:
        """Store connections: rows of ``(place, client, arrived_ns, checked_ns)``, with -1 for never."""
        if not rows:
            return
        places, clients, arrived_ns, checked_ns = np.array(rows, dtype=np.int64).T
        self.arrived_ns[places] = arrived_ns + 1
        self.checked_ns[places] = checked_ns + 1
        self.clients[places] = clients - places
        self.places[clients] = places - clients

    def latest_ns(self, times: Times, first: int, last: int, others: npt.NDArray[np.int64]) -> int | None:
        """The latest time in a range of places.

        Args:
            times: :attr:`arrived_ns` or :attr:`checked_ns`.
            first: first place.
            last: last place.
            others: places to leave out.

        Returns:
            The time in ns; None for never.
        """
        first, last = max(first, 0), min(last, len(times) - 1)
        if last < first:
            return None
        some = times[first : last + 1].copy()
        others = others[(others >= first) & (others <= last)]
        some[others - first] = 0
        latest = int(some.max())
        return latest - 1 if latest else None

    def client_at(self, place: int) -> int:
        """Number of the client whose connection is at a place."""
        return place + int(self.clients[place])

    def place_of(self, client: int) -> int:
        """Place of a client's connection."""
        return client + int(self.places[client])
