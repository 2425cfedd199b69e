"""A checkpoint: one lane at one moment, as bytes.

All state that decides how a lane goes on is pickled, except for parts that can be made again:

- its program: the generator of a server continues from the state of the server (:mod:`sim.servers.base`);
- its arrivals: the workload is a pure function;
- its charges: the pages of the ledger are emptied, and steps are priced again.

Connections are stored as rows of numbers (:mod:`sim.race.time_travel.connection_rows`), and large arrays as
differences (:mod:`sim.race.time_travel.shared_arrays`). Of the journal, the newest records are stored, as
many as a frame carries after a jump.

Only this module knows how the parts of a lane are stored. Why not ``__getstate__`` in each part: the kernel
would have to know the parts that a checkpoint leaves out.
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
from sim.machine.journal import RECALLED, Journal
from sim.machine.records import Record
from sim.machine.task import Task
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
"""Memory of the objects around a checkpoint's bytes."""


class Checkpoint:
    """A stored lane.

    Attributes:
        at_ns: virtual time.
        changes: number of entries of the branch's path at or before this time.
        work_ns: the lane's work up to this time (:attr:`sim.race.lane.Lane.work_ns`).
        cost_ns: estimated cost of taking the checkpoint, in the same unit.
        size_bytes: memory it takes, without the bases of its arrays.
        serial: number of checkpoints taken in the race up to this one.
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
        """Make the lane again.

        Args:
            workload: the schedule of arrivals at its virtual time.
        """
        lane: Lane
        connections: StoredConnections
        lane, connections = pickle.loads(self.pickled, buffers=[array.copy() for array in self.arrays])
        connections.put_into(lane.network)
        lane.network.resume(workload)
        if lane.task is not None and not lane.task.done:
            lane.server.restart_program(lane.task)
        return lane


def take_checkpoint(lane: Lane, changes: int, bases: list[BaseArray]) -> Checkpoint | None:
    """Take a checkpoint of a lane; None if its server cannot be stored (see :mod:`sim.servers.base`)."""
    if not (lane.server.restartable and lane.server.storable):
        return None
    try:
        return Checkpoint(lane, changes, bases)
    except UnstorableConnection:
        return None


# -- how each part is stored ---------------------------------------------------------------------


def _made(kind: type[Any]) -> object:
    """A new instance without a state."""
    return object.__new__(kind)


def _slots(value: object, **other: object) -> tuple[object, ...]:
    """The reduction of an object with slots, with other values in some slots."""
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
