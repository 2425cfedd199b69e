"""What the machine's own kernel takes for a call, measured.

Figures are CPU time of the calling thread (``CLOCK_THREAD_CPUTIME_ID``, to the nanosecond, from the
scheduler's own accounts): what a call that sleeps costs is not how long it takes. Others that run on the
machine make it slower through the caches, hardly ever faster, so the figure given is the lower quartile of
many repetitions; the minimum and the median are told too, and when they lie far apart that is said.

Measuring is done by a process of its own (:mod:`sim.host.measuring.measuring_process`), for three reasons.
It has one thread, and the kernel looks descriptors up without atomic operations only where the table is not
shared (``fdget``); NumPy and a screen have threads. It can be tied to one CPU and raised to real-time
priority, if that is allowed, without doing so to the program. And it may have as many descriptors open as
there can be.

What Python itself takes (the loop, ``ctypes``, the clock) is measured in the same way with a C function that
does nothing in place of the call, and subtracted. Entering and leaving the kernel belongs to the call.

For a call that sleeps, a second process makes the descriptors ready, on the same CPU
(:mod:`sim.host.measuring.waker`).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sim.host.host_kernel import Nofile, why_no_host
from sim.host.measuring.measurement import CannotMeasure, Measurement

if TYPE_CHECKING:
    from sim.host.measuring.points import Point

KINDS = ("eventfd", "socketpair", "tcp")
"""What the descriptors of a measurement can be."""
PATIENCE_S = 30.0
"""After so long without an answer the measuring process is given up."""


class Meter:
    """The measuring process, to be asked from here; ends with the ``with`` block.

    Attributes:
        warnings: what will make the figures worse than they could be, a line each.
        nofile: the limit of descriptors in force.

    Raises:
        CannotMeasure: not Linux, or the process cannot be started.
    """

    def __init__(self) -> None:
        why_not = why_no_host()
        if why_not is not None:
            raise CannotMeasure(why_not)
        root = str(Path(__file__).resolve().parents[3])
        path = os.environ.get("PYTHONPATH")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sim.host.measuring.measuring_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root,
                # Threads of NumPy's would share the descriptor table.
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
                "MKL_NUM_THREADS": "1",
            },
        )
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
        """What the call of a point costs, on descriptors of a kind.

        Raises:
            CannotMeasure: more descriptors than this process may have, or it went wrong.
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
        """What a step costs that no point shows: one of :data:`sim.host.measuring.step_costs.STEPS`.

        Raises:
            CannotMeasure: it went wrong.
        """
        return self._measurement({"step": name})

    def chain(self, mechanism: str, pairs: int, writes: int) -> Measurement:
        """What a wake-up costs on socketpairs of which one after the other becomes ready:
        :mod:`sim.host.measuring.message_chain`.

        Raises:
            CannotMeasure: more descriptors than this process may have, or it went wrong.
        """
        reason = self.nofile.shortfall(2 * pairs)
        if reason is not None:
            raise CannotMeasure(reason)
        return self._measurement({"chain": [mechanism, pairs, writes]})

    def lane(self, name: str, connections: int) -> tuple[Measurement, float]:
        """What a request takes of a server of so many connections that waits in a lane's way, and how often
        somebody goes to sleep for it: :mod:`sim.host.measuring.lane_requests`.

        Raises:
            CannotMeasure: more descriptors than this process may have, or it went wrong.
        """
        reason = self.nofile.shortfall(2 * connections)
        if reason is not None:
            raise CannotMeasure(reason)
        answer = self._ask({"lane": [name, connections]})
        return Measurement(*answer["measurement"]), float(answer["sleeps"])

    def _measurement(self, question: dict[str, Any]) -> Measurement:
        return Measurement(*self._ask(question)["measurement"])

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """One line there, one line back."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            waiting = select.poll()  # select's own limit of descriptor numbers may be passed here
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
