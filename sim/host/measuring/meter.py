"""Ask the measuring process what a call costs on the machine's own kernel.

A figure is CPU time of the calling thread (``CLOCK_THREAD_CPUTIME_ID``, in ns, from the scheduler's own
accounts). So the time that a call sleeps is not part of its cost. :mod:`sim.host.measuring.measurement`
describes how repetitions become one figure.

Why a process of its own (:mod:`sim.host.measuring.measuring_process`)? There are three reasons:

- It has one thread. The kernel looks descriptors up without atomic operations only where no thread shares the
  table (``fdget``). NumPy and a screen have threads.
- It can stay on one CPU and take real-time priority, if that is allowed, without affecting the program.
- It can have as many open descriptors as the limit allows.

Python's own time (the loop, ``ctypes``, the clock) is measured in the same way, with a C function that does
nothing in place of the call, and subtracted. Entering and leaving the kernel is part of the call.

For a call that sleeps, a second process on the same CPU makes the descriptors ready
(:mod:`sim.host.measuring.waker`).
"""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sim.host.child_process import start_python
from sim.host.host_kernel import Nofile, why_no_host
from sim.host.measuring.measurement import CannotMeasure, Measurement

if TYPE_CHECKING:
    from sim.host.measuring.points import Point

KINDS = ("eventfd", "socketpair", "tcp")
"""Kinds of descriptors that can be measured."""
PATIENCE_S = 30.0
"""Seconds without an answer after which the measuring process is given up."""


class Meter:
    """The measuring process; it ends with the ``with`` block.

    Attributes:
        warnings: Conditions that make the figures less exact, a line each.
        nofile: The limit of descriptors in force.

    Raises:
        CannotMeasure: The system is not Linux, or the process cannot be started.
    """

    def __init__(self) -> None:
        why_not = why_no_host()
        if why_not is not None:
            raise CannotMeasure(why_not)
        self._process = start_python("sim.host.measuring.measuring_process")
        about = self._ask({"about": True})
        self.nofile = Nofile(*about["nofile"])
        self.warnings: list[str] = about["warnings"]

    def __enter__(self) -> Meter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the measuring process."""
        process = self._process
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()

    def measure(self, point: Point, kind: str = "eventfd") -> Measurement:
        """Measure the call of a point.

        Args:
            point: The call, and the number of ready descriptors.
            kind: One of :data:`KINDS`.

        Raises:
            CannotMeasure: The limit does not allow as many descriptors, or the measurement failed.
        """
        reason = self.nofile.shortfall(point.fds * (1 if kind == "eventfd" else 2))
        if reason is not None:
            raise CannotMeasure(reason)
        return self._measurement(
            {
                "point": [point.mechanism, point.fds, point.active, point.wait],
                "kind": kind,
            }
        )

    def step(self, name: str) -> Measurement:
        """Measure a step that no point shows.

        Args:
            name: A key of :data:`sim.host.measuring.step_costs.STEPS`.

        Raises:
            CannotMeasure: The measurement failed.
        """
        return self._measurement({"step": name})

    def chain(self, mechanism: str, pairs: int, writes: int) -> Measurement:
        """Measure a wake-up on a chain of socketpairs; see :mod:`sim.host.measuring.message_chain`.

        Raises:
            CannotMeasure: The limit does not allow as many descriptors, or the measurement failed.
        """
        reason = self.nofile.shortfall(2 * pairs)
        if reason is not None:
            raise CannotMeasure(reason)
        return self._measurement({"chain": [mechanism, pairs, writes]})

    def lane(self, name: str, connections: int) -> tuple[Measurement, float]:
        """Measure a request in a server that waits as a lane does; see
        :mod:`sim.host.measuring.lane_requests`.

        Returns:
            CPU time of a request, and the number of sleeps of the server's tasks for it.

        Raises:
            CannotMeasure: The limit does not allow as many descriptors, or the measurement failed.
        """
        reason = self.nofile.shortfall(2 * connections)
        if reason is not None:
            raise CannotMeasure(reason)
        answer = self._ask({"lane": [name, connections]})
        return Measurement(*answer["measurement"]), float(answer["sleeps"])

    def _measurement(self, question: dict[str, Any]) -> Measurement:
        return Measurement(*self._ask(question)["measurement"])

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Send one line, and read one line back."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            waiting = select.poll()  # not select: descriptor numbers may exceed its limit
            waiting.register(process.stdout, select.POLLIN)
            line = process.stdout.readline() if waiting.poll(PATIENCE_S * 1_000) else b""
        except (OSError, ValueError):
            line = b""
        if not line:
            process.kill()
            raise CannotMeasure("the measuring process ended, or did not answer: nothing more is measured")
        answer: dict[str, Any] = json.loads(line)
        if "why_not" in answer:
            raise CannotMeasure(answer["why_not"])
        return answer
