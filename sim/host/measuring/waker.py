"""The second process of a measurement: it makes descriptors ready, all at one moment.

A call that sleeps wakes with the first descriptor that becomes ready. To find k descriptors ready, it must
not run before all k are. So both processes stay on one CPU, and the waker must keep that CPU while it writes.
There are two ways:

- With real-time priority (``SCHED_FIFO``), the waker has a lower priority than the measured process. So it
  gets the CPU only when that process sleeps. The waker then takes a higher priority, writes, and takes the
  lower priority again. At that moment the sleeper continues. No other program runs between them.
- Without it, the waker polls ``/proc`` until the measured process sleeps. That process is ``SCHED_BATCH``, so
  waking it does not preempt the waker. The waker also asks for a long slice (granted by Linux 6.12 or later).
  If another program still interrupts the waker, the call finds fewer descriptors, and its time is not
  counted.

Why not a thread, or a timer? A thread would share the descriptor table (see :mod:`sim.host.measuring.meter`).
A timer makes only one descriptor ready.

The waker ends with the process that forked it: its pipe is closed then.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
import time
from collections.abc import Callable, Sequence

from sim.host.measuring.points import active_places

FIFO = getattr(os, "SCHED_FIFO", 1)
BELOW, MEASURED, ABOVE = (os.sched_param(priority) for priority in (1, 2, 3))
"""Real-time priorities: of the waiting waker, of the measured process, and of the writing waker."""
_ORDER = struct.Struct("=qqq")
_REPORT = struct.Struct("=qq")
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274, "loongarch64": 274}
_SLICE_NS = 100_000_000
"""Longest slice in ns that Linux grants."""


class _SchedAttr(ctypes.Structure):
    """``struct sched_attr``."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime", ctypes.c_uint64),
        ("deadline", ctypes.c_uint64),
        ("period", ctypes.c_uint64),
    )


class Waker:
    """The second process, as the measured one sees it.

    Args:
        targets: Descriptors to write to, in the order of the descriptors that become ready. The waker keeps
            them open.
        write: Writes to one of them.
        realtime: True if both processes may have real-time priority.
    """

    def __init__(self, targets: Sequence[int], write: Callable[[int], object], realtime: bool) -> None:
        self._targets = targets
        self._write = write
        read_end, self._orders = os.pipe()
        self._reports, report_end = os.pipe()
        measured = os.getpid()
        self.pid = os.fork()
        if not self.pid:
            code = 1
            try:
                os.close(self._orders)
                os.close(self._reports)
                self._serve(read_end, report_end, measured, realtime)
                code = 0
            finally:
                os._exit(code)
        os.close(read_end)
        os.close(report_end)

    def order(self, fds: int, active: int, delay_ns: int) -> None:
        """Order ``active`` of the first ``fds`` descriptors to be made ready once this process sleeps.

        Args:
            fds: Number of descriptors of the point.
            active: Number of them to make ready.
            delay_ns: Time that this process still works before it sleeps, if known.
        """
        os.write(self._orders, _ORDER.pack(fds, active, delay_ns))

    def done(self) -> tuple[int, int]:
        """Wait until the latest order is carried out.

        Returns:
            The times at which the waker got the CPU and released it, by the wall clock in ns.
        """
        begin_ns, end_ns = _REPORT.unpack(os.read(self._reports, _REPORT.size))
        return begin_ns, end_ns

    def close(self) -> None:
        """End the waker."""
        for fd in (self._orders, self._reports):
            with contextlib.suppress(OSError):
                os.close(fd)
        os.waitpid(self.pid, 0)

    # -- the waker's own process ----------------------------------------------------------

    def _serve(self, orders: int, reports: int, measured: int, realtime: bool) -> None:
        if realtime:
            os.sched_setscheduler(0, FIFO, BELOW)
        else:
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
            _ask_for_long_slice()
        stat = os.open(f"/proc/{measured}/stat", os.O_RDONLY)
        write = self._write
        last = (0, 0)
        targets: list[int] = []
        while len(order := os.read(orders, _ORDER.size)) == _ORDER.size:
            begin_ns = time.perf_counter_ns()
            fds, active, delay_ns = _ORDER.unpack(order)
            if last != (fds, active):
                last = (fds, active)
                targets = [self._targets[place] for place in active_places(fds, active).tolist()]
            if realtime:
                os.sched_setscheduler(0, FIFO, ABOVE)
            else:
                time.sleep(delay_ns / 1e9)
                _until_asleep(stat)
            for target in targets:
                write(target)
            os.write(reports, _REPORT.pack(begin_ns, time.perf_counter_ns()))
            if realtime:
                os.sched_setscheduler(0, FIFO, BELOW)


def _until_asleep(stat: int) -> None:
    """Wait until a process sleeps; ``stat`` is its open ``/proc/PID/stat``."""
    while True:
        text = os.pread(stat, 400, 0)
        if text[text.rindex(b")") + 2 : text.rindex(b")") + 3] == b"S":
            return
        time.sleep(0.000_2)


def _ask_for_long_slice() -> None:
    """Ask the scheduler for a long slice; older kernels ignore the request."""
    number = _SCHED_SETATTR.get(platform.machine())
    if number is not None:
        attr = _SchedAttr(ctypes.sizeof(_SchedAttr), os.SCHED_OTHER, 0, 0, 0, _SLICE_NS, 0, 0)
        ctypes.CDLL(None).syscall(
            ctypes.c_long(number), ctypes.c_long(0), ctypes.byref(attr), ctypes.c_long(0)
        )
