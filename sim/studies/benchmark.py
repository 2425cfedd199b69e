"""The cost of a wake-up at a point of the curve, simulated beside measured.

The cost of a :class:`~sim.host.measuring.points.Point` is the CPU time of that one call, entry and return
included:

- *simulated*: a simulated kernel with the same number of eventfds makes the call, and the figure is the sum
  of the call's charges. The algorithm counts steps, and the table has their prices.
- *measured*: the same call on the same kind of files on this machine's kernel
  (:mod:`sim.host.measuring.meter`).

Why no formula for the simulated cost? A second description of the kernel could disagree with the first one.

Both sides make the same call: one set for reading, no timeout, and the ready descriptors spread evenly.

``ready`` calls are repeated and find the same descriptors ready each time. select and poll make one pass and
hook themselves on every descriptor up to the first ready one (half of the descriptors if one is ready). epoll
asks k items, reports them and puts them back on the ready list.

``slept`` calls begin with nothing ready; then all k descriptors become ready at one moment. select and poll
make two passes and n hooks. epoll's descriptors were read after the previous call, so it finds k stale items
on the way in and k ready ones on the way out.
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
    """A point and its cost, simulated and measured."""

    point: Point
    simulated_ns: int
    measured_ns: int | None
    """None if it was not measured."""
    why_not: str | None = None
    """Reason, in one line, for which it was not measured; None if it was, or if it was not requested."""
    ratio_to_epoll: float | None = None
    """This cost over epoll's at the same place, measured if both were; None without an epoll row."""
    noisy: str | None = None
    """Reason, in one line, for which the measurement is doubtful; None if it is not."""

    @property
    def error(self) -> float | None:
        """Relative error of the prediction: 0.1 means that it is ten per cent too high. None if not
        measured.
        """
        return self.simulated_ns / self.measured_ns - 1 if self.measured_ns else None


# --- simulated ------------------------------------------------------------------------------------


def simulated_ns(point: Point, costs: CostTable) -> int:
    """Cost of the call in virtual time, on a simulated kernel in its steady state.

    Returns:
        Nanoseconds of the calling task: its own work and its context switches, without the interrupt.
    """
    return SimulatedBench(point).cost_ns(costs)


class SimulatedBench:
    """A simulated kernel with a point's eventfds, and a task that waits for them. It can make the call
    repeatedly.
    """

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
            # epoll keeps reported items on its ready list, so only the second call is like all later ones.
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
        """Cost in ns of one more call at these prices."""
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
        """Make the active descriptors ready at one moment, unless they still are."""
        self.kernel.book_idle()
        for file in self.active:
            if not file.mask & poll_bits.IN:
                file.write(_ONE)

    def _call(self) -> Generator[None, None, Any]:
        kernel = self.kernel
        if self.point.mechanism == "select":
            return kernel.sys_select(self.nfds, select_bitmap(range(self.block.first, self.nfds)))
        if self.point.mechanism == "poll":
            return kernel.sys_poll(poll_array(range(self.block.first, self.nfds)))
        return kernel.sys_epoll_wait(self.epfd, self.point.active)


def select_bitmap(fds: range) -> Words:
    """Bitmap that asks for a range of descriptors."""
    words = words_for(fds.stop)
    set_bits(words, fds.start, fds.stop - 1)
    return words


def poll_array(fds: range) -> npt.NDArray[np.void]:
    """Array of pollfd that asks to read from a range of descriptors."""
    entries = np.zeros(len(fds), dtype=POLLFD)
    entries["fd"] = np.arange(fds.start, fds.stop)
    entries["events"] = poll_bits.IN
    return entries


# --- simulated beside measured --------------------------------------------------------------------


def sweep(some: Iterable[Point], costs: CostTable, meter: PointMeter | None) -> Iterator[BenchmarkRow]:
    """Simulate each point and, if there is a meter, measure it; yields rows as they are ready.

    :func:`with_ratios` fills in the figures that depend on several rows.
    """
    for point in some:
        predicted_ns = simulated_ns(point, costs)
        if meter is None:
            yield BenchmarkRow(point, predicted_ns, None)
            continue
        try:
            measurement = meter.measure(point)
        except CannotMeasure as why_not:
            yield BenchmarkRow(point, predicted_ns, None, str(why_not))
            continue
        yield BenchmarkRow(point, predicted_ns, measurement.ns, noisy=measurement.noise)


def with_ratios(rows: Sequence[BenchmarkRow]) -> list[BenchmarkRow]:
    """The same rows, each with its ratio to the epoll row of the same place."""
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
    """Smallest number of descriptors at which a mechanism costs more than epoll, simulated.

    Returns:
        None if it costs no more up to :data:`~sim.host.measuring.points.FDS_LIMIT`.
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
