"""Records a race without a terminal, as fast as the machine can."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from c10k_tui.app.race_app import C10KApp
from c10k_tui.recording.cast.key_script import KeyScript
from c10k_tui.recording.cast.replay import Replay, Resize
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live.recorder import Recorder
from c10k_tui.recording.live.start_plan import RecordingPlan
from c10k_tui.session.measured_figures import Figure, FigureSource


def staged_app(settings: RecordingSettings, plan: RecordingPlan) -> C10KApp:
    """The app, with its race at the start given by a recording's settings."""
    # The settings decide on colours, not the shell's environment.
    os.environ.pop("NO_COLOR", None)
    if settings.no_color:
        os.environ["NO_COLOR"] = "1"
    app = C10KApp(
        settings.start.scenario,
        speed=settings.speed,
        paused=settings.paused,
        costs=settings.costs,
        plan=plan,
    )
    app.theme = settings.theme
    app.session.repeat_changes(settings.start.changes, settings.start.at_ns)
    return app


def record(
    path: Path,
    settings: RecordingSettings,
    script: KeyScript,
    resizes: Sequence[Resize] = (),
    figures: Sequence[tuple[int, Figure]] | None = None,
    *,
    force: bool = False,
) -> CastWriter:
    """Record a race while a script presses the keys.

    Args:
        path: The file to write.
        settings: The race and its display.
        script: The keys, and the length of the recording.
        resizes: Changes of the terminal's size.
        figures: The measured figures of a recording, each with its frame. None for a script of keys, whose
            recording has none.
        force: True to overwrite an existing file.

    Returns:
        The file's writer, closed.

    Raises:
        FileExistsError: the file exists.
        OSError: writing failed. The file ends with the previous frame.
    """
    app = staged_app(settings, RecordingPlan())
    writer = CastWriter(path, settings, force=force)
    asyncio.run(_record(app, settings, writer, script, resizes, figures))
    return writer


async def _record(
    app: C10KApp,
    settings: RecordingSettings,
    writer: CastWriter,
    script: KeyScript,
    resizes: Sequence[Resize],
    figures: Sequence[tuple[int, Figure]] | None,
) -> None:
    frames = app.recording.frames
    by_frame: dict[int, list[str]] = {}
    for press in script.presses:
        by_frame.setdefault(press.frame, []).append(press.key)
    sizes = {resize.frame: resize for resize in resizes}
    async with app.run_test(size=(settings.width, settings.height - settings.caption)):
        source = FigureSource.NOWHERE if figures is None else FigureSource.RECORDING
        await frames.open(lambda: Recorder(settings, writer, frames.race_state()), source, figures or ())
        stepper = frames.stepper
        assert stepper is not None
        try:
            while stepper.frame <= script.frames:
                frame = stepper.frame
                if frame in sizes:
                    resize = sizes[frame]
                    await stepper.resize(resize.width, resize.height - settings.caption)
                await frames.frame(by_frame.get(frame, ()), scripted=True)
        finally:
            frames.finish_recording()


def record_again(path: Path, replay: Replay, *, force: bool = False) -> CastWriter:
    """Record the race and the keys of a recording again. Raises the same errors as :func:`record`."""
    return record(path, replay.settings, replay.script, replay.resizes, replay.figures, force=force)
