"""A checkpoint: one lane at one moment, as bytes.

All that decides how a lane goes on is pickled, but for what can be had again: its program (a server's
generator goes on from what lies on the server, see :mod:`sim.servers.base`), its arrivals (the workload
is a pure function), and its bills (a ledger's pages are emptied; steps are priced anew). Connections are
rows of numbers (:mod:`sim.race.time_travel.connection_rows`); large arrays are kept as differences
(:mod:`sim.race.time_travel.shared_arrays`); of the journal the newest records are kept, as many as a frame
carries after a jump.

How the parts of a lane are taken apart is said here and nowhere else: they need not know.
"""

from __future__ import annotations

import io
import pickle
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.kernel.descriptors import DescriptorTable
from sim.kernel.files.tcp import ListeningSocket, StreamSocket
from sim.kernel.waiting.epoll.epoll_file import Epoll
from sim.machine.cpu import Task
from sim.machine.journal import RECALLED, Journal
from sim.machine.records import Record
from sim.race.network import Network
from sim.race.time_travel.connection_rows import StoredConnections, UnstorableConnection
from sim.race.time_travel.shared_arrays import SMALLEST_BYTES, BaseArray, StoredArray, store_array

if TYPE_CHECKING:
    from sim.race.lane import Lane
    from sim.scenario.workload import Workload

COST_NS = 1_000_000
OBJECT_COST_NS = 1_500
COST_BYTES_PER_NS = 5
_OVERHEAD_BYTES = 500
"""What the objects around a checkpoint's bytes take."""


class Checkpoint:
    """A lane as it was.

    Attributes:
        at_ns: the moment.
        changes: how many changes of settings its branch had seen.
        work_ns: the lane's work up to there (:attr:`sim.race.lane.Lane.work_ns`).
        cost_ns: about what taking it cost, by the same measure.
        size_bytes: what it takes, but for the bases of its arrays.
        serial: how many checkpoints its race had taken before it.
    """

    __slots__ = ("arrays", "at_ns", "changes", "cost_ns", "pickled", "serial", "size_bytes", "work_ns")

    def __init__(self, lane: Lane, changes: int, bases: list[BaseArray]) -> None:
        self.at_ns = lane.kernel.now_ns
        self.changes = changes
        self.work_ns = lane.work_ns
        self.serial = 0
        self.arrays: list[StoredArray] = []
        self.cost_ns = COST_NS + OBJECT_COST_NS * len(lane.kernel.table.files)
        lane.kernel.ledger.clear_pages()
        lane.latencies.fold()
        connections = StoredConnections(lane.network, lane.fds)
        self.pickled = self._pickle((lane, connections), bases)
        self.size_bytes = len(self.pickled) + _OVERHEAD_BYTES + sum(a.size_bytes for a in self.arrays)
        for array in self.arrays:
            if array.base is not None:
                array.base.users += 1

    def _pickle(self, value: object, bases: list[BaseArray]) -> bytes:
        def buffer(buffer: pickle.PickleBuffer) -> bool:
            raw = buffer.raw()
            if raw.nbytes < SMALLEST_BYTES:
                return True
            self.cost_ns += raw.nbytes // COST_BYTES_PER_NS
            self.arrays.append(store_array(raw, bases))
            return False

        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol=5, buffer_callback=buffer)
        pickler.dispatch_table = _REDUCERS  # type: ignore[assignment]
        pickler.dump(value)
        return file.getvalue()

    def restore(self, workload: Workload) -> Lane:
        """The lane, as it was then.

        Args:
            workload: its arrivals at that moment.
        """
        lane: Lane
        connections: StoredConnections
        lane, connections = pickle.loads(self.pickled, buffers=[array.copy() for array in self.arrays])
        connections.put_into(lane.network)
        lane.network.rejoin(workload)
        if lane.task is not None and not lane.task.done:
            lane.server.restart_program(lane.task)
        return lane


def take_checkpoint(lane: Lane, changes: int, bases: list[BaseArray]) -> Checkpoint | None:
    """A checkpoint of a lane as it is; None where that cannot be had (see :mod:`sim.servers.base`)."""
    if not (lane.server.restartable and lane.server.stored):
        return None
    try:
        return Checkpoint(lane, changes, bases)
    except UnstorableConnection:
        return None


# -- how the parts are taken apart ---------------------------------------------------------------


def _made(kind: type[Any]) -> object:
    """An instance without a state yet."""
    return object.__new__(kind)


def _slots(value: object, **other: object) -> tuple[object, ...]:
    """A reduction of an object with slots, with other values in some of them."""
    state = value.__getstate__()
    assert isinstance(state, tuple)
    return _made, (type(value),), (None, state[1] | other)


def _task(task: Task) -> tuple[object, ...]:
    return _slots(task, send=None)


def _epoll(epoll: Epoll) -> tuple[object, ...]:
    interest = {key: item for key, item in epoll.interest.items() if type(key[0]) is not StreamSocket}
    return _slots(epoll, interest=interest, ready=[], ghosts=[])


def _listener(listener: ListeningSocket) -> tuple[object, ...]:
    return _slots(listener, queue=deque())


def _table(table: DescriptorTable) -> tuple[object, ...]:
    state = table.__dict__.copy()
    state["files"] = {fd: file for fd, file in table.files.items() if type(file) is not StreamSocket}
    del state["_cells"]
    return _made, (DescriptorTable,), state, None, None, _table_with


def _table_with(table: DescriptorTable, state: dict[str, Any]) -> None:
    table.__dict__.update(state, _cells=state["_masks"].data)


def _network(network: Network) -> tuple[object, ...]:
    state = network.__dict__.copy()
    state["objects"] = {}
    for name in ("_workload", "_window", "_record"):
        del state[name]
    return _made, (Network,), state


def _journal(journal: Journal) -> tuple[object, ...]:
    newest = journal.records[-RECALLED:]
    return _journal_of, (journal.kept, journal.made - len(newest), newest)


def _journal_of(kept: int, forgotten: int, newest: list[Record]) -> Journal:
    journal = Journal(kept, forgotten)
    journal.records += newest
    return journal


_REDUCERS: dict[type, Callable[[Any], tuple[object, ...]]] = {
    Task: _task,
    Epoll: _epoll,
    ListeningSocket: _listener,
    DescriptorTable: _table,
    Network: _network,
    Journal: _journal,
}
