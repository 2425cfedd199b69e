"""The measuring process: it reads one question a line on its input and answers on its output.

It stays on one CPU and takes real-time priority if it may. If it may not, it reports a warning and goes on.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from dataclasses import astuple
from typing import Any

from sim.host.host_kernel import SPARE_FDS, Nofile, raise_nofile
from sim.host.measuring.descriptor_set import DescriptorSet
from sim.host.measuring.measurement import CannotMeasure, Measurement
from sim.host.measuring.meter import PATIENCE_S
from sim.host.measuring.points import active_places
from sim.host.measuring.timed_calls import measure_ready, measure_slept
from sim.host.measuring.waker import FIFO, MEASURED


class MeasuringProcess:
    """State of the measuring process: its limits, its warnings, and the descriptors it keeps between
    questions.
    """

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.nofile: Nofile = raise_nofile()
        self._pin()
        self.realtime = self._raise()
        self._files: DescriptorSet | None = None

    def _pin(self) -> None:
        """Stay on one CPU: the last one allowed, because interrupts tend to go to the first."""
        try:
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        except OSError as error:
            self.warnings.append(f"not tied to one CPU ({error.strerror}): figures scatter more")

    def _raise(self) -> bool:
        try:
            os.sched_setscheduler(0, FIFO, MEASURED)
        except OSError:
            self.warnings.append("no real-time priority for measuring: other programs disturb it more")
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            return False
        return True

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answer one question."""
        if "about" in question:
            return {"nofile": astuple(self.nofile), "warnings": self.warnings}
        sleeps: dict[str, float] = {}
        try:
            if "lane" in question:
                from sim.host.measuring.lane_requests import measure_lane

                measurement, sleeps["sleeps"] = measure_lane(*question["lane"])
            elif "chain" in question:
                from sim.host.measuring.message_chain import measure_chain

                measurement = measure_chain(*question["chain"])
            elif "step" in question:
                from sim.host.measuring.step_costs import STEPS

                measurement = STEPS[question["step"]]()
            else:
                measurement = self._measure(question["kind"], *question["point"])
        except CannotMeasure as why_not:
            return {"why_not": str(why_not)}
        except OSError as error:
            return {"why_not": f"the machine refused: {error.strerror}"}
        return {"measurement": astuple(measurement), **sleeps}

    def _measure(self, kind: str, mechanism: str, fds: int, active: int, wait: str) -> Measurement:
        files = self._files_for(kind, fds)
        asked = files.fds[:fds]
        active_fds = [asked[place] for place in active_places(fds, active).tolist()]
        measure = measure_ready if wait == "ready" else measure_slept
        return measure(files, mechanism, active_fds, asked)

    def _files_for(self, kind: str, count: int) -> DescriptorSet:
        files = self._files
        if files is not None and files.kind == kind and len(files.fds) >= count:
            return files
        if files is not None:
            self._files = None
            files.close()
        room = (self.nofile.now - SPARE_FDS) // (1 if kind == "eventfd" else 2)
        self._files = DescriptorSet(kind, min(room, max(count, 1_000)), self.realtime)
        return self._files


def main() -> None:
    """Answer questions until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which then closes our input
    gc.disable()
    process = MeasuringProcess()
    for line in sys.stdin:
        signal.alarm(int(PATIENCE_S))  # a call that never returns ends the process
        answer = process.answer(json.loads(line))
        signal.alarm(0)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
