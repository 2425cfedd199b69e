"""What a wake-up costs: a point of the curve, simulated beside measured.

A *point* says how a server waits (select, poll or epoll), on how many descriptors, how many of them are
ready, and whether the call found them so (``ready``) or fell asleep first and was woken (``slept``). Its
cost is the CPU time of that one call, entry and return included:

- *simulated*: a simulated kernel with so many eventfds makes the call, and the figure is what it was
  charged. There is no second formula here: the algorithm counts, the table prices.
- *measured*: the same call on the same kind of files on this machine's kernel
  (:mod:`sim.host.measuring.meter`).

Both make the same call: one set for reading, no timeout, the ready descriptors spread evenly. ``ready`` calls
come again and again and find the same descriptors ready: one pass for select and poll, which hook themselves
on everything up to the first ready one (half of the descriptors where one is ready), and k items for epoll,
asked, reported and put back on the ready list. ``slept`` calls begin with nothing ready; then all k become so
at one moment: two passes and n hooks; for epoll, whose descriptors were read after the call before, k stale
items on the way in and k ready ones on the way out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.points import FDS_LIMIT, Point, PointMeter, active_count, active_places
from sim.kernel import poll_bits
from sim.kernel.descriptors import FIRST_FD, IdleBlock
from sim.kernel.files.eventfd import EventFd, packed_count
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.epoll.epoll_file import Epoll
from sim.kernel.waiting.scan_request import POLLFD, Words, set_bits, words_for
from sim.machine.costs import CostTable
from sim.scenario.scenario import Active

if TYPE_CHECKING:
    pass

_ONE = packed_count(1)


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """A point and what came of it."""

    point: Point
    simulated_ns: int
    measured_ns: int | None
    """None where it was not measured."""
    why_not: str | None = None
    """Why it was not measured, in one line; None if it was, or nobody asked for it."""
    ratio_to_epoll: float | None = None
    """This cost over epoll's at the same place, measured if both were; None without an epoll row."""
    noisy: str | None = None
    """What was wrong with the measurement, in one line, if it can hardly be trusted."""

    @property
    def error(self) -> float | None:
        """How far the prediction is off, as a part of what was measured: 0.1 is ten per cent too much."""
        return self.simulated_ns / self.measured_ns - 1 if self.measured_ns else None


# --- simulated ------------------------------------------------------------------------------------


def simulated_ns(point: Point, costs: CostTable) -> int:
    """What the call costs in virtual time: made on a simulated kernel, in its steady state.

    Returns:
        Nanoseconds of the calling task: its own work and its context switches, not the interrupt.
    """
    return SimulatedBench(point).cost_ns(costs)


class SimulatedBench:
    """A simulated kernel with a point's eventfds, and the task that waits for them; it can be asked again."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.kernel = kernel = RawKernel(nofile=point.fds + FIRST_FD + 1)
        self.block: IdleBlock = kernel.table.install_idle(point.fds, poll_bits.OUT, self._make)
        self.nfds = self.block.last + 1
        self.epfd = kernel.sys_epoll_create1() if point.mechanism == "epoll" else -1
        if self.epfd >= 0:
            self._epoll().watch_block(self.block.first, self.block.last, poll_bits.IN)
        places = active_places(point.fds, point.active) + self.block.first
        self.active = [kernel.table.file(fd) for fd in places.tolist()]
        kernel.run_until(kernel.free_ns)
        if self.epfd >= 0:
            # It keeps what it reported on its ready list: the second call is like all that follow.
            self._one_call()

    def _epoll(self) -> Epoll:
        file = self.kernel.table.file(self.epfd)
        assert isinstance(file, Epoll)
        return file

    def _make(self, fd: int) -> EventFd:
        file = EventFd(self.kernel, 0, False)
        for epoll in self.kernel.epoll_calls.epolls:
            epoll.materialize(file, fd)
        return file

    def cost_ns(self, costs: CostTable) -> int:
        """What one more call costs when things have these prices."""
        self.kernel.costs = costs
        self.kernel.ledger.clear_pages()
        return self._one_call()

    def _one_call(self) -> int:
        kernel = self.kernel
        task = kernel.start(self._call())
        if self.point.wait == "slept":
            while not task.blocked:
                kernel.run_until(kernel.next_due_ns())
        self._arrive()
        while not task.done:
            kernel.run_until(kernel.next_due_ns())
        if task.error is not None:
            raise task.error
        assert kernel.last_call is not None
        if self.point.wait == "slept":
            for file in self.active:
                file.read(8)
        return kernel.last_call[6]

    def _arrive(self) -> None:
        """The active descriptors become ready, at one moment, unless they still are."""
        self.kernel.catch_up()
        for file in self.active:
            if not file.mask & poll_bits.IN:
                file.write(_ONE)

    def _call(self) -> Generator[None, None, Any]:
        kernel = self.kernel
        if self.point.mechanism == "select":
            return kernel.sys_select(self.nfds, asked_bits(range(self.block.first, self.nfds)))
        if self.point.mechanism == "poll":
            return kernel.sys_poll(asked_entries(range(self.block.first, self.nfds)))
        return kernel.sys_epoll_wait(self.epfd, self.point.active)


def asked_bits(fds: range) -> Words:
    """A bitmap that asks for a run of descriptors."""
    words = words_for(fds.stop)
    set_bits(words, fds.start, fds.stop - 1)
    return words


def asked_entries(fds: range) -> npt.NDArray[np.void]:
    """The array for poll that asks to read from a run of descriptors."""
    entries = np.zeros(len(fds), dtype=POLLFD)
    entries["fd"] = np.arange(fds.start, fds.stop)
    entries["events"] = poll_bits.IN
    return entries


# --- simulated beside measured --------------------------------------------------------------------


def sweep(some: Iterable[Point], costs: CostTable, ruler: PointMeter | None) -> Iterator[BenchmarkRow]:
    """Each point simulated and, if there is something to measure with, measured; rows as they come.

    :func:`with_ratios` fills in what depends on more than one row.
    """
    for point in some:
        predicted_ns = simulated_ns(point, costs)
        if ruler is None:
            yield BenchmarkRow(point, predicted_ns, None)
            continue
        try:
            measurement = ruler.measure(point)
        except CannotMeasure as why_not:
            yield BenchmarkRow(point, predicted_ns, None, str(why_not))
            continue
        yield BenchmarkRow(point, predicted_ns, measurement.ns, noisy=measurement.noise)


def with_ratios(rows: Sequence[BenchmarkRow]) -> list[BenchmarkRow]:
    """The rows, each with its ratio to the epoll row of the same place."""
    epolls = {_place(row.point): row for row in rows if row.point.mechanism == "epoll"}
    return [replace(row, ratio_to_epoll=_ratio(row, epolls.get(_place(row.point)))) for row in rows]


def _place(point: Point) -> tuple[int, int, str]:
    return point.fds, point.active, point.wait


def _ratio(row: BenchmarkRow, epoll: BenchmarkRow | None) -> float | None:
    if epoll is None:
        return None
    if row.measured_ns is not None and epoll.measured_ns:
        return row.measured_ns / epoll.measured_ns
    return row.simulated_ns / epoll.simulated_ns if epoll.simulated_ns else None


def break_even_fds(costs: CostTable, mechanism: str, active: Active, wait: str) -> int | None:
    """The smallest number of descriptors at which a mechanism costs more than epoll, simulated.

    Returns:
        None if it never does, up to :data:`FDS_LIMIT`.
    """

    def dearer(fds: int) -> bool:
        ours, epolls = (
            simulated_ns(Point(name, fds, active_count(active, fds), wait), costs)
            for name in (mechanism, "epoll")
        )
        return ours > epolls

    top = 1
    while not dearer(top):
        top *= 2
        if top > FDS_LIMIT:
            return None
    low = top // 2
    while top - low > 1:
        middle = (low + top) // 2
        low, top = (low, middle) if dearer(middle) else (middle, top)
    return top
