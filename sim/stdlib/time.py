"""``kernel.time``: clocks and sleep, in virtual time.

All clocks show the kernel's virtual time; the wall clock starts at the epoch. Reading a clock takes about
25 ns, as through Linux's vDSO. If it took no time, a program that waits in a loop until the clock has
advanced would never end.
"""

from __future__ import annotations

import errno
from collections.abc import Generator
from types import SimpleNamespace
from typing import SupportsIndex

from sim.kernel.files.timerfd import CLOCKS
from sim.kernel.poll_bits import oserror
from sim.machine.accounts import Account, Charge
from sim.machine.clock import CLOCK_READ_NS
from sim.stdlib.argument_checks import c_int
from sim.stdlib.durations import Seconds, duration_ns
from sim.stdlib.process import SimulatedProcess
from sim.stdlib.stdlib_module import StdlibModule


class TimeModule(StdlibModule):
    """The time module."""

    module = "time"

    CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME = 0, 1, 7

    def __init__(self, process: SimulatedProcess) -> None:
        super().__init__(process)
        page = process.kernel.ledger.page()
        self._reading = page["clock"] = Charge(((Account.APPLICATION, CLOCK_READ_NS),))

    def monotonic_ns(self) -> int:
        """Virtual time in nanoseconds."""
        kernel = self._process.kernel
        self._process.call(kernel.pay, self._reading)
        return kernel.now_ns

    def monotonic(self) -> float:
        """Virtual time in seconds."""
        return self.monotonic_ns() / 1e9

    def clock_gettime_ns(self, clk_id: SupportsIndex, /) -> int:
        """Virtual time in nanoseconds, on a clock that is named by its number.

        Raises:
            OSError: EINVAL, this kernel does not have the clock.
        """
        if c_int(clk_id) not in CLOCKS:
            raise oserror(errno.EINVAL)
        return self.monotonic_ns()

    def clock_gettime(self, clk_id: SupportsIndex, /) -> float:
        """Virtual time in seconds, on a clock that is named by its number."""
        return self.clock_gettime_ns(clk_id) / 1e9

    def get_clock_info(self, name: str, /) -> SimpleNamespace:
        """The properties of a clock; all are exact to the nanosecond.

        Raises:
            ValueError: this kernel does not have the clock.
        """
        if name not in {"time", "monotonic", "perf_counter"}:
            raise ValueError("unknown clock")
        adjustable = name == "time"
        return SimpleNamespace(
            adjustable=adjustable,
            implementation="virtual time",
            monotonic=not adjustable,
            resolution=1e-9,
        )

    time_ns = perf_counter_ns = monotonic_ns
    time = perf_counter = monotonic

    def sleep(self, seconds: Seconds, /) -> None:
        """Sleep for at least ``seconds`` of virtual time."""
        pause_ns = duration_ns(seconds)
        if pause_ns < 0:
            raise ValueError("sleep length must be non-negative")
        self._process.wait(self._asleep(pause_ns), lambda: "time.sleep")

    def _asleep(self, pause_ns: int) -> Generator[None, None, None]:
        kernel = self._process.kernel
        if pause_ns:
            task = kernel.block()

            def over() -> None:
                kernel.wake(task)

            kernel.timers.set(kernel.now_ns + pause_ns, over)
        kernel.pay_switch()
        yield
        kernel.pay_switch()
