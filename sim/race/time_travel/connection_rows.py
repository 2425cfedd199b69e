"""The connections of a lane as rows of numbers, as a checkpoint stores them.

A lane can have a hundred thousand connection objects, each with a wait queue, an epoll item and lists.
Pickled one by one, they would take ten times the memory and the time. But a connection of a race is described
by a few numbers. It carries the same payload again and again, so the length of its buffer gives the content.
Only one epoll item waits for it. What a client holds back for a full connection is stored beside the rows,
because few connections have it. Idle connections (:mod:`sim.race.idle_connections`) need no row: they are in
the arrays of their block, and are made again when something happens to them.
"""

from __future__ import annotations

from itertools import chain

import numpy as np
import numpy.typing as npt

from sim.kernel.files.tcp import IDLE_MASK, StreamSocket
from sim.kernel.waiting.epoll.epoll_file import Item, items_of
from sim.race.held_requests import HeldRequests
from sim.race.idle_connections import IdleConnections
from sim.race.network import Network

OBJECTS_KEPT = 16_384
"""If more idle connections than this are objects, all of them go back into their block."""
ROWS_FOR_RESTING = 256
"""Up to this many idle connections are stored as rows, because the arrays of a block can have a million
entries."""
_COLUMNS = 12
_READ_SHUT, _CURRENT, _CONNECTED, _LISTED = 1, 2, 4, 8

Row = tuple[int, int, int, int, int, int, int, int, int, int, int, int]
"""(fd, or -1 in the accept queue; client, mask, arrived_ns, received bytes, answered bytes, flags;
of its item: events, wanted bits, checked_ns, fd; number of requests not answered)"""


class UnstorableConnection(Exception):
    """A connection has a waiter that a row cannot describe."""


class StoredConnections:
    """The connections of a lane that are not idle, and the order of its ready list.

    Args:
        network: the lane's network. Its idle connections are written into its arrays.
        count: number of connections in its block.
    """

    def __init__(self, network: Network, count: int) -> None:
        table = network.kernel.table
        table.poll_masks  # noqa: B018 - reading brings all masks up to date
        sockets = [file for file in table.files.values() if type(file) is StreamSocket]
        busy, resting = _sorted_out(sockets, network, count)
        if network.resting is None and len(resting) <= ROWS_FOR_RESTING:
            busy, resting = sockets, []
        elif network.resting is None:
            network.resting = IdleConnections(count)
        if network.resting is not None:
            network.resting.put(resting)
        busy = [*busy, *network.listener.queue]
        rows = chain.from_iterable(_row(socket, network) for socket in busy)
        self.rows = np.fromiter(rows, np.int64, _COLUMNS * len(busy))
        self.unanswered_ns = np.frombuffer(b"".join(socket.unanswered_ns for socket in busy), np.int64)
        self.held = {
            index: socket.held for index, socket in enumerate(busy) if isinstance(socket.held, HeldRequests)
        }
        """By row: what the client holds back."""
        self.ready = [[_key(item) for item in epoll.ready] for epoll in network.kernel.epoll_calls.epolls]
        if len(resting) > OBJECTS_KEPT:
            _put_back(resting, network)

    def put_into(self, network: Network) -> None:
        """Make the connections again, in a network without connections."""
        kernel, listener = network.kernel, network.listener
        epoll = kernel.epoll_calls.epolls[0] if kernel.epoll_calls.epolls else None
        begin = 0
        for index, row in enumerate(self.rows.reshape(-1, _COLUMNS).tolist()):
            end = begin + row[-1]
            held = self.held.get(index)
            socket = _socket(row, self.unanswered_ns[begin:end], held, network)
            begin = end
            fd, events = row[0], row[7]
            if fd < 0:
                listener.queue.append(socket)
                continue
            socket.numbers.append(fd)
            kernel.table.files[fd] = socket
            if events:
                assert epoll is not None
                item = Item(epoll, socket, row[10], events)
                item.wanted, item.listed = row[8], bool(row[6] & _LISTED)
                item.checked_ns = row[9] if row[9] >= 0 else None
                epoll.interest[socket, item.fd] = item
                if item.fd != fd:
                    epoll.ghosts.append(item)
                socket.watches.append(item)
                socket.wait_queue.add(item)
        for some, order in zip(kernel.epoll_calls.epolls, self.ready, strict=True):
            items = {_key(item): item for item in some.interest.values()}
            some.ready = [items[fd] for fd in order]


def _key(item: Item) -> int:
    """A number that is unique among the items of an epoll; negative if the item's descriptor is closed."""
    return ~item.fd if item in item.epoll.ghosts else item.fd


def _sorted_out(
    sockets: list[StreamSocket], network: Network, count: int
) -> tuple[list[StreamSocket], list[tuple[int, int, int, int]]]:
    """Divide connections into those that need a row, and the entries of the idle ones."""
    busy: list[StreamSocket] = []
    resting: list[tuple[int, int, int, int]] = []
    current, first_fd = network.objects, network.first_fd
    watched = int(any(epoll.idle_blocks for epoll in network.kernel.epoll_calls.epolls))
    for socket in sockets:
        items = socket.watches
        if (
            socket.mask == IDLE_MASK
            and not socket.unanswered_ns
            and not socket.answered_bytes
            and socket.held is None
            and len(items) == watched
            and not (items and items[0].listed)
            and current.get(socket.slot) is socket
            and 0 <= (place := socket.numbers[0] - first_fd) < count
            and socket.wait_queue.entries == items
        ):
            checked_ns = items[0].checked_ns if items else None
            resting.append((place, socket.slot, socket.arrived_ns, -1 if checked_ns is None else checked_ns))
        else:
            busy.append(socket)
    return busy, resting


def _put_back(resting: list[tuple[int, int, int, int]], network: Network) -> None:
    """Drop the objects of idle connections."""
    kernel = network.kernel
    for place, slot, _, _ in resting:
        fd = place + network.first_fd
        socket = kernel.table.files.pop(fd)
        for item in items_of(socket):
            del item.epoll.interest[socket, fd]
        del network.objects[slot]


def _row(socket: StreamSocket, network: Network) -> Row:
    numbers, items = socket.numbers, socket.watches
    if len(numbers) > 1 or len(items) > 1 or socket.holds or socket.wait_queue.entries != items:
        raise UnstorableConnection
    flags = _READ_SHUT if socket.read_shut else 0
    if network.objects.get(socket.slot) is socket:
        flags |= _CURRENT
    if socket.client is not None:
        flags |= _CONNECTED
    events, wanted, checked_ns, item_fd = 0, 0, -1, -1
    if items:
        item = items[0]
        events, wanted, item_fd = item.events, item.wanted, item.fd
        checked_ns = -1 if item.checked_ns is None else item.checked_ns
        if item.listed:
            flags |= _LISTED
    return (
        numbers[0] if numbers else -1,
        socket.slot,
        socket.mask,
        socket.arrived_ns,
        socket.received_bytes,
        socket.answered_bytes,
        flags,
        events,
        wanted,
        checked_ns,
        item_fd,
        len(socket.unanswered_ns),
    )


def _socket(
    row: list[int], asked: npt.NDArray[np.int64], held: HeldRequests | None, network: Network
) -> StreamSocket:
    """Make a connection from its row."""
    _, slot, mask, arrived_ns, received_bytes, answered_bytes, flags, *_ = row
    socket = StreamSocket(network.kernel, mask)
    socket.slot = slot
    socket.arrived_ns = arrived_ns
    socket.received_bytes = received_bytes
    socket.received = _stream(network.payload, received_bytes, 0 if held is None else held.arrived_bytes)
    socket.held = held
    socket.answered_bytes = answered_bytes
    if len(asked):
        socket.unanswered_ns.frombytes(asked.tobytes())
    socket.read_shut = bool(flags & _READ_SHUT)
    socket.client = network if flags & _CONNECTED else None
    if flags & _CURRENT:
        network.objects[slot] = socket
    return socket


def _stream(payload: bytes, size: int, begun_bytes: int) -> list[bytes]:
    """The last ``size`` bytes of a payload that was sent repeatedly, and then up to ``begun_bytes``."""
    if begun_bytes:
        latest = payload[max(0, begun_bytes - size) : begun_bytes]
        return [*_stream(payload, size - len(latest), 0), latest] if size else []
    whole, part = divmod(size, len(payload)) if size else (0, 0)
    return ([payload[-part:]] if part else []) + [payload] * whole
