"""The recording keys of a running app, and the recording or replay for which it was started.

The controller is idle until a recording (``--record``, or the key ``r``) or a replay begins. Then it runs the
frames (:mod:`~c10k_tui.recording.live.frame_runner`) at their pace if the app has a terminal. Without a
terminal, the command runs the frames.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

from c10k_tui import textual_internals
from c10k_tui.recording.cast.key_script import LONGEST_S
from c10k_tui.recording.cast.keycodes import MARK, PAUSE_RECORDING
from c10k_tui.recording.cast.settings import (
    LEAST_COLUMNS,
    LEAST_ROWS,
    MOST_COLUMNS,
    MOST_ROWS,
    THEMES,
    RecordingSettings,
    RecordingStart,
)
from c10k_tui.recording.live.frame_runner import FrameRunner
from c10k_tui.recording.live.frame_timer import FrameTimer
from c10k_tui.recording.live.letterbox import Letterbox
from c10k_tui.recording.live.start_plan import RecordingPlan
from c10k_tui.recording.live.step_clock import StepClock
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.session.measured_figures import FigureSource, MeasuredFigures
from c10k_tui.session.pacer import FRAMES_PER_S
from c10k_tui.session.session import Session

if TYPE_CHECKING:
    from c10k_tui.recording.cast.replay import Replay
    from c10k_tui.recording.cast.writer import CastWriter
    from c10k_tui.recording.live.player import Player
    from c10k_tui.recording.live.recorder import Recorder


class RecordingController:
    """Starts and ends recordings and replays of an app, at most one at a time.

    Args:
        app: The app.
        session: The race and its pace.
        clock: The clock of the session.
        make_screen: Makes a stepped race screen.
        leave: Leaves the app.
        plan: The recording or replay to start as soon as the app runs; None for neither.
    """

    def __init__(
        self,
        app: App[str],
        session: Session,
        clock: StepClock,
        make_screen: Callable[[], RaceScreen],
        leave: Callable[[], None],
        plan: RecordingPlan | None,
    ) -> None:
        self._app = app
        self._session = session
        self._leave = leave
        self._plan = plan
        self.frames = FrameRunner(app, session, clock, make_screen, planned=plan is not None)
        self._box = None if plan is None or plan.replay is None else _box_of(app, plan.replay)
        """The part of the terminal in which the planned replay is drawn; None if there is none."""
        self.player: Player | None = None
        """The current replay; None if there is none."""
        self.messages: list[str] = []
        """Lines to print on the shell after the app."""
        self.failure: str | None = None
        """The reason why a recording failed; None if no recording has failed."""
        self._task: asyncio.Task[None] | None = None

    @property
    def stepping(self) -> bool:
        """True while the app is run frame by frame."""
        return self.frames.stepping

    @property
    def figures(self) -> MeasuredFigures:
        """Passes measured figures to the screens."""
        return self.frames.figures

    @property
    def planned(self) -> bool:
        """True until the recording or replay for which the app was started has ended."""
        return self.frames.planned

    def fitted(self, event: events.Event) -> events.Event:
        """An event as the app must see it: before a replay begins, the terminal has its recorded size."""
        if isinstance(event, events.Resize) and self._box is not None and not self.stepping:
            return self._box.fitted(event)
        return event

    def takes(self, event: events.Event) -> bool:
        """Keep an event for the next frame, or drop it; False if the app must handle it now."""
        if isinstance(event, events.Key) and event.key == "ctrl+q" and self._task is not None:
            self.frames.leaving = True
            return True
        return self.frames.takes(event)

    def keeps_app(self) -> bool:
        """True if the app must not be left now: a script cannot leave the app, and a running recording must
        be finished first.
        """
        return self.frames.scripted or self.ends()

    def ends(self) -> bool:
        """Leave the app after the current frame of a recording or replay; False if there is none."""
        if self._task is None or self._task.done():
            return False
        self.frames.leaving = True
        return True

    # -- the keys -------------------------------------------------------------------------

    def record_key(self) -> None:
        """Start a recording, or end the current one."""
        if self.frames.scripted or self.player is not None:
            return
        if self.frames.recorder is not None:
            self.frames.end_after_frame()
        elif self.frames.stepper is None:
            self._start(RecordingPlan(path=next_free(Path())))

    def pause_key(self) -> None:
        """Stop taking frames into the recording, or take them again."""
        if self.frames.recorder is not None:
            self.frames.recorder.pause()
        elif self.player is None:
            self._session.say(f"{PAUSE_RECORDING} pauses a recording; r begins one")

    def mark_key(self) -> None:
        """Put a marker on the current frame of the recording."""
        if self.frames.recorder is not None:
            self.frames.recorder.mark()
        elif self.player is None:
            self._session.say(f"{MARK} marks a moment of a recording; r begins one")

    # -- with a terminal ------------------------------------------------------------------

    def app_is_ready(self) -> None:
        """Start the planned recording or replay. Without a terminal, the command does this."""
        if self._plan is not None and not self._app.is_headless:
            self._start(self._plan)

    def _start(self, plan: RecordingPlan) -> None:
        self._task = asyncio.create_task(self._run(plan))

    async def _run(self, plan: RecordingPlan) -> None:
        """Run a recording or a replay from its first frame to its last."""
        try:
            if plan.replay is not None:
                await self._replay(plan.replay, plan)
            elif plan.path is not None:
                await self._record(plan, plan.path)
        except Exception as error:
            # An app that shuts down has no screen left to step. This is not a failure.
            if not textual_internals.is_closing(self._app):
                textual_internals.fail(self._app, error)
        finally:
            self._task = None
            if self.frames.recorder is not None:
                self.frames.close()
        if textual_internals.is_closing(self._app):
            return
        if self.frames.leaving:
            self._leave()
        else:
            self._app.refresh()

    async def _replay(self, replay: Replay, plan: RecordingPlan) -> None:
        from c10k_tui.recording.live.player import Player

        box, self._box = self._box or _box_of(self._app, replay), None
        self.player = Player(self.frames, replay, plan.at_frame, paused=plan.paused, box=box)
        await self.frames.open(None, FigureSource.RECORDING, replay.figures)
        await self.player.run()
        self.player = None

    async def _record(self, plan: RecordingPlan, path: Path) -> None:
        """Record to a file until the user ends the recording."""
        frames = self.frames
        writer: CastWriter | None = None

        def make_recorder() -> Recorder:
            nonlocal writer
            from c10k_tui.recording.cast.writer import CastWriter
            from c10k_tui.recording.live.recorder import Recorder

            settings = self._settings(plan)
            writer = CastWriter(path, settings, force=plan.force)
            self._session.forget_elsewhere()
            return Recorder(settings, writer, frames.race_state())

        failed = ""
        try:
            await frames.open(make_recorder, FigureSource.MACHINE)
            await self._record_frames()
            recorded = frames.recorder
            frames.close()
        except (OSError, ValueError) as error:
            recorded, frames.recorder = frames.recorder, None
            failed = str(error.strerror if isinstance(error, OSError) and error.strerror else error)
            frames.close()
        words = f"{path}: not recorded"
        if recorded is not None and writer is not None:
            words = f"recorded {path}: {writer.last_us / 1e6:.1f} s, {writer.size_bytes / 1e3:,.0f} kB"
        if failed:
            self.failure = words = f"{words}; {failed}"
        else:
            self.messages.append(words)
        self._session.say(words)

    async def _record_frames(self) -> None:
        """Run frames at their rate, up to the longest recording."""
        timer = FrameTimer(FRAMES_PER_S)
        stepper = self.frames.stepper
        assert stepper is not None
        while not self.frames.ending and stepper.frame < LONGEST_S * FRAMES_PER_S:
            await timer.next()
            await self.frames.take_resize()
            keys, stepper.keys = stepper.keys, []
            await self.frames.frame(keys, scripted=False)

    def _settings(self, plan: RecordingPlan) -> RecordingSettings:
        """Settings for the header of a recording that begins now.

        Raises:
            ValueError: the race cannot be run again from its beginning to here.
        """
        app, session = self._app, self._session
        start = RecordingStart(session.began_with, session.past, session.race.now_ns)
        if reason := start.why_not():
            raise ValueError(f"{reason} to be run again; 0 begins it from the start")
        width, height = app.size.width, app.size.height + plan.caption
        if not (LEAST_COLUMNS <= width <= MOST_COLUMNS and LEAST_ROWS <= height <= MOST_ROWS):
            raise ValueError(
                f"the terminal is {width}×{height}; a recording begins with "
                f"{LEAST_COLUMNS}×{LEAST_ROWS} to {MOST_COLUMNS}×{MOST_ROWS}"
            )
        return RecordingSettings(
            start=start,
            width=width,
            height=height,
            speed=session.pacer.speed,
            paused=session.paused,
            theme=app.theme if app.theme in THEMES else THEMES[0],
            no_color=app.no_color,
            caption=plan.caption,
            title=plan.title,
            cast_version=plan.cast_version,
            frames_per_s=FRAMES_PER_S,
            costs=session.race.costs,
        )

    def show_state(self) -> None:
        """Write the state of the recording or replay at the bottom right of the terminal. It is not part of a
        recorded picture.
        """
        app, recorder = self._app, self.frames.recorder
        if self.frames.stepper is None or not textual_internals.has_terminal(app):
            return
        width, height = app.size
        if recorder is not None:
            state = "▌▌ not recorded" if recorder.paused else "● rec"
            words = f" {state} {recorder.recorded_us / 1e6:.0f} s "
        elif self.player is not None:
            words = f" {self.player.state} "
            width, height = self.player.box.window
        else:
            return
        x = max(1, width - len(words) + 1)
        textual_internals.write_to_terminal(app, f"\x1b7\x1b[{height};{x}H\x1b[0;1;7m{words}\x1b[0m\x1b8")


def _box_of(app: App[str], replay: Replay) -> Letterbox:
    """The part of the terminal in which a replay is drawn: first the recorded size, without its caption."""
    settings = replay.settings
    return Letterbox(app, settings.width, settings.height - settings.caption)


def next_free(folder: Path) -> Path:
    """The first of ``c10k-tui-1.cast``, ``c10k-tui-2.cast`` … that does not exist."""
    number = 1
    while (folder / f"c10k-tui-{number}.cast").exists():
        number += 1
    return folder / f"c10k-tui-{number}.cast"
