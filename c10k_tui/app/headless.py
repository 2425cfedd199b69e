"""A recording without a terminal: the app on a screen that nobody sees, as fast as the machine goes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from c10k_tui.app.race_app import C10KApp
from c10k_tui.recording.cast.key_script import KeyScript
from c10k_tui.recording.cast.reader import Replay, Resize
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live.plan import RecordingPlan
from c10k_tui.recording.live.recorder import Recorder


def stage(settings: RecordingSettings, plan: RecordingPlan) -> C10KApp:
    """The app with the race where a recording's header says that it begins."""
    # What the shell says of colours is not for a recording to follow, but what its header says.
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
    app.session.relive(settings.start.changes, settings.start.at_ns)
    return app


def record(
    path: Path,
    settings: RecordingSettings,
    script: KeyScript,
    resizes: Sequence[Resize] = (),
    *,
    force: bool = False,
) -> CastWriter:
    """Record a race while a script presses the keys.

    Args:
        path: Where to.
        settings: What is raced, and how it is shown.
        script: The keys, and how long it goes on.
        resizes: Other sizes of the terminal.
        force: Whether a file that is there may be overwritten.

    Returns:
        The file's writer, closed.

    Raises:
        FileExistsError: the file is there.
        OSError: the file takes no more; it ends with the frame before.
    """
    app = stage(settings, RecordingPlan())
    writer = CastWriter(path, settings, force=force)
    asyncio.run(_record(app, settings, writer, script, resizes))
    return writer


async def _record(
    app: C10KApp,
    settings: RecordingSettings,
    writer: CastWriter,
    script: KeyScript,
    resizes: Sequence[Resize],
) -> None:
    frames = app.recording.frames
    by_frame: dict[int, list[str]] = {}
    for press in script.presses:
        by_frame.setdefault(press.frame, []).append(press.key)
    sizes = {resize.frame: resize for resize in resizes}
    async with app.run_test(size=(settings.width, settings.height - settings.caption)):
        await frames.open(lambda: Recorder(settings, writer, frames.race_state()))
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
            frames.close()


def again(path: Path, replay: Replay, *, force: bool = False) -> CastWriter:
    """Record a recording's race and keys anew; raises what :func:`record` does."""
    return record(path, replay.settings, replay.script, replay.resizes, force=force)
