"""Recording: its cost per frame, its output, and its speed without a terminal."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.report import Figure
from c10k_tui.app.headless import record, staged_app
from c10k_tui.recording.cast.key_script import KeyScript
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live.recorder import Recorder
from c10k_tui.recording.live.start_plan import RecordingPlan
from c10k_tui.session.pacer import FRAMES_PER_S
from sim.scenario.scenario import PRESETS, Scenario

SECONDS = 20
FRAME_MS = 1000 / FRAMES_PER_S
PERCENT, MEGABYTES = 10, 1.5


async def costs_ms(settings: RecordingSettings, path: Path, frames: int) -> list[float]:
    """CPU time in ms of capturing, encoding and writing each frame."""
    app = staged_app(settings, RecordingPlan())
    writer = CastWriter(path, settings, force=True)
    taken: list[float] = []
    async with app.run_test(size=(settings.width, settings.height)):
        runner = app.recording.frames
        await runner.open(lambda: Recorder(settings, writer, runner.race_state()))
        recorder, capture, stepper = runner.recorder, runner._capture, runner.stepper
        assert recorder is not None
        assert capture is not None
        assert stepper is not None
        for _ in range(frames):
            stepper.show()
            await stepper.finish()
            begin_s = time.thread_time()
            recorder.take(capture.picture(), (), runner.race_state(), capture.caption_styles())
            taken.append(1000 * (time.thread_time() - begin_s))
        runner.close()
    return taken[1:]  # without the first frame, which is a whole picture


def figures() -> list[Figure]:
    """A demo at the default speed, and the busiest screens."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.cast"
        for name, scenario, speed in (
            ("c10k, speed 2", Scenario(), 2.0),
            ("c10k, speed 30", Scenario(), 30.0),
            ("all-active, max", PRESETS["all-active"][1], None),
        ):
            settings = RecordingSettings(start=RecordingStart(scenario), speed=speed)
            cost_ms = statistics.mean(asyncio.run(costs_ms(settings, path, 300)))
            found.append(
                Figure(
                    f"recorder's part of a frame, {name}",
                    100 * cost_ms / FRAME_MS,
                    "%",
                    PERCENT if speed == 2.0 else None,
                    note=f"{cost_ms:.2f} ms of {FRAME_MS:.1f} ms, mean of 300",
                )
            )
        begin_s = time.perf_counter()
        writer = record(path, RecordingSettings(), KeyScript((), SECONDS * FRAMES_PER_S), force=True)
        took_s = time.perf_counter() - begin_s
        found.append(Figure(f"a {SECONDS} s demo at 120×36", writer.size_bytes / 1e6, "MB", MEGABYTES))
        found.append(Figure("recorded without a terminal", SECONDS / took_s, "× as fast as watched"))
    return found
