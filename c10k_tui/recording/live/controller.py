"""Recording and replaying inside the app: what runs the frames, and what the keys of recording do.

A studio is idle until a recording begins (``--record``, or the key ``r``) or a replay does. From then on
the app is stepped (:mod:`~c10k_tui.recording.live.stepper`); whoever steps it calls
:meth:`RecordingController.frame`. That is a loop here where there is a terminal, and the command where there
is none, so both make the same file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events

from c10k_tui.recording.cast.key_script import LONGEST_S
from c10k_tui.recording.cast.keycodes import MARK, PAUSE_RECORDING
from c10k_tui.recording.cast.settings import THEMES, RecordingSettings, RecordingStart
from c10k_tui.recording.live.markers import RaceState
from c10k_tui.screens.race.screen import RaceScreen

if TYPE_CHECKING:
    from c10k_tui.app.race_app import C10KApp
    from c10k_tui.recording.cast.reader import Replay
    from c10k_tui.recording.cast.writer import CastWriter
    from c10k_tui.recording.live.capture import ScreenCapture
    from c10k_tui.recording.live.player import Player
    from c10k_tui.recording.live.recorder import Recorder
    from c10k_tui.recording.live.stepper import Stepper

FRAMES_PER_S = 30
"""Of every recording that is made here."""
LATE_S = 0.1
"""Beyond this, a slow machine's frames are not caught up with: the recording does not tell anyway."""


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What is to happen as soon as the app runs: a recording, a replay, or only to be stepped.

    Attributes:
        path: Where to record to.
        force: Whether that file may be overwritten.
        title: The recording's title.
        caption: Whether a row beneath the picture shows the keys.
        cast_version: Of asciicast.
        replay: What to replay.
        at_frame: Where the replay begins to be shown.
        paused: Whether the replay stands still there.
    """

    path: Path | None = None
    force: bool = False
    title: str = ""
    caption: bool = False
    cast_version: int = 2
    replay: Replay | None = None
    at_frame: int = 0
    paused: bool = False


class RecordingController:
    """The recording or replay that is on, if one is.

    Args:
        app: The app.
        plan: What is to happen as soon as it runs.
    """

    def __init__(self, app: C10KApp, plan: RecordingPlan | None) -> None:
        self._app = app
        self.plan = plan
        self.stepper: Stepper | None = None
        self.recorder: Recorder | None = None
        self.player: Player | None = None
        self.told: list[str] = []
        """What to tell on the shell when the app is left."""
        self.failure: str | None = None
        """Why a recording ended before it was to."""
        self._early: list[str] = []
        self._camera: ScreenCapture | None = None
        self._task: asyncio.Task[None] | None = None
        self._deaf = False
        """Whether what is pressed now comes from a file or a script, which can neither record nor leave."""
        self._ending = False
        self.leaving = False
        """Whether the app is to be left as soon as the frame is finished."""

    # -- one frame ------------------------------------------------------------------------

    @property
    def stepping(self) -> bool:
        """Whether the app is run frame by frame."""
        return self.stepper is not None

    @property
    def ending(self) -> bool:
        """Whether this frame is the last; the key that said so must not show in a recording."""
        return self._ending or self.leaving

    def takes(self, event: events.Event) -> bool:
        """Whether an event has to wait for the next frame."""
        if isinstance(event, events.Key) and event.key == "ctrl+q" and self._task is not None:
            self.leaving = True
            return True
        if self.stepper is not None:
            return self.stepper.takes(event)
        if self.plan is None or self._app.is_headless or not isinstance(event, events.Key):
            return False
        # Pressed before the first frame: it waits for that.
        from c10k_tui.recording.live.stepper import key_of

        if (key := key_of(event)) is not None:
            self._early.append(key)
        return True

    def displayed(self, update: object) -> None:
        """The app displays something."""
        if self._camera is not None:
            self._camera.displayed(update)

    async def open(self, make_recorder: Callable[[], Recorder] | None) -> None:
        """Begin to step the app.

        Args:
            make_recorder: What opens the recording, called when the race stands where it begins.
        """
        from c10k_tui.recording.live.capture import ScreenCapture
        from c10k_tui.recording.live.stepper import Stepper

        self.recorder = None if make_recorder is None else make_recorder()
        self.stepper = Stepper(self._app, FRAMES_PER_S)
        self.stepper.keys += self._early
        self._early = []
        self._camera = ScreenCapture(self._app)
        await self.stepper.begin()

    async def frame(self, keys: Sequence[str], *, deaf: bool) -> None:
        """Run one frame with what was pressed in it, and record it if a recording is on.

        Args:
            keys: What was pressed.
            deaf: Whether it comes from a file or a script.

        Raises:
            OSError: the recording's file takes no more.
        """
        stepper, camera = self.stepper, self._camera
        assert stepper is not None
        assert camera is not None
        self._deaf = deaf
        stepper.show()
        pressed: list[str] = []
        for key in keys:
            await stepper.press(key)
            if self.ending:
                break
            pressed.append(key)
        await stepper.finish()
        self._deaf = False
        if self.recorder is not None:
            self.recorder.take(camera.picture(), pressed, self.moment(), camera.caption_looks())

    def moment(self) -> RaceState:
        """What is raced now."""
        session = self._app.session
        return RaceState(session.races, session.scenario, session.travel.forks, session.travel.jumps)

    def close(self) -> None:
        """Let the app run by itself again, and finish the recording.

        Raises:
            OSError: the recording's file takes no more.
        """
        if self.stepper is not None:
            self.stepper.end()
            self.stepper = self._camera = None
        for screen in self._app.screen_stack:
            if isinstance(screen, RaceScreen):
                screen.run_by_itself()
        recorder, self.recorder = self.recorder, None
        self._ending = False
        self.plan = None
        if recorder is not None:
            recorder.close()

    # -- the keys -------------------------------------------------------------------------

    def keeps(self) -> bool:
        """Whether the app must not be left now: a file cannot, and a recording is finished first."""
        if self._deaf:
            return True
        if self._task is None or self._task.done():
            return False
        self.leaving = True
        return True

    def record_key(self) -> None:
        """Begin a recording, or end the one that is on."""
        if self._deaf or self.player is not None:
            return
        if self.recorder is not None:
            self._ending = True
        elif self.stepper is None:
            self._start(RecordingPlan(path=next_free(Path())))

    def pause_key(self) -> None:
        """Let frames pass unrecorded, or no longer."""
        if self.recorder is not None:
            self.recorder.pause()
        elif self.player is None:
            self._app.session.say(f"{PAUSE_RECORDING} pauses a recording; r begins one")

    def mark_key(self) -> None:
        """Put a marker on this frame."""
        self.mark("")

    def mark(self, label: str) -> None:
        """Put a marker with a label on this frame of the recording, if one is on."""
        if self.recorder is not None:
            self.recorder.mark(label)
        elif self.player is None and not label:
            self._app.session.say(f"{MARK} marks a moment of a recording; r begins one")

    # -- with a terminal ------------------------------------------------------------------

    def ready(self) -> None:
        """The app runs: do what was planned. Where there is no terminal, the command steps the app."""
        if self.plan is not None and not self._app.is_headless:
            self._start(self.plan)

    def _start(self, plan: RecordingPlan) -> None:
        self._task = asyncio.create_task(self._run(plan))

    async def _run(self, plan: RecordingPlan) -> None:
        """A recording or a replay from its first frame to its last."""
        try:
            if plan.replay is not None:
                from c10k_tui.recording.live.player import Player

                self.player = Player(self._app, plan.replay, plan.at_frame, paused=plan.paused)
                await self.open(None)
                await self.player.run()
                self.player = None
            elif plan.path is not None:
                await self._record(plan, plan.path)
        except Exception as error:
            # An app that is being taken down has no screen to step any more; that is no failure.
            if not self._app._closing:
                self._app._handle_exception(error)
        finally:
            self._task = None
            if self.recorder is not None:
                self.close()
        if self._app._closing:
            return
        if self.leaving:
            self._app.leave()
        else:
            self._app.refresh()

    async def _record(self, plan: RecordingPlan, path: Path) -> None:
        """Record what is shown until someone ends it."""
        writer: CastWriter | None = None

        def make_recorder() -> Recorder:
            nonlocal writer
            from c10k_tui.recording.cast.writer import CastWriter
            from c10k_tui.recording.live.recorder import Recorder

            settings = self._settings(plan)
            writer = CastWriter(path, settings, force=plan.force)
            self._app.session.forget_elsewhere()
            return Recorder(settings, writer, self.moment())

        failed = ""
        try:
            await self.open(make_recorder)
            await self._record_frames()
            recorded = self.recorder
            self.close()
        except (OSError, ValueError) as error:
            recorded, self.recorder = self.recorder, None
            failed = str(error.strerror if isinstance(error, OSError) and error.strerror else error)
            self.close()
        words = f"{path}: not recorded"
        if recorded is not None and writer is not None:
            words = f"recorded {path}: {writer.last_us / 1e6:.1f} s, {writer.size_bytes / 1e3:,.0f} kB"
        if failed:
            self.failure = words = f"{words}; {failed}"
        else:
            self.told.append(words)
        self._app.session.say(words)

    async def _record_frames(self) -> None:
        """Frames at their rate, for as long as a recording may last."""
        pace = FrameTimer(FRAMES_PER_S)
        stepper = self.stepper
        assert stepper is not None
        while not self.ending and stepper.frame < LONGEST_S * FRAMES_PER_S:
            await pace.next()
            if stepper.size is not None:
                size, stepper.size = stepper.size, None
                await stepper.resize(*size)
            keys, stepper.keys = stepper.keys, []
            await self.frame(keys, deaf=False)

    def _settings(self, plan: RecordingPlan) -> RecordingSettings:
        """What the header of a recording that begins now has to say.

        Raises:
            ValueError: it could not be run again.
        """
        app, session = self._app, self._app.session
        start = RecordingStart(session.began_with, session.past, session.race.now_ns)
        if reason := start.why_not():
            raise ValueError(f"{reason} to be run again; 0 begins it from the start")
        return RecordingSettings(
            start=start,
            width=app.size.width,
            height=app.size.height + plan.caption,
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
        """Write at the bottom right of the terminal, and of no picture, what is going on."""
        app = self._app
        driver = app._driver
        if driver is None or driver.is_headless or self.stepper is None:
            return
        if self.recorder is not None:
            state = "▌▌ not recorded" if self.recorder.paused else "● rec"
            words = f" {state} {self.recorder.recorded_us / 1e6:.0f} s "
        elif self.player is not None:
            words = f" {self.player.state} "
        else:
            return
        width, height = app.size
        driver.write(f"\x1b7\x1b[{height};{max(1, width - len(words) + 1)}H\x1b[0;1;7m{words}\x1b[0m\x1b8")
        driver.flush()


class FrameTimer:
    """The wall's time between frames.

    Args:
        frames_per_s: How many there are to be.
    """

    def __init__(self, frames_per_s: float) -> None:
        self._between_s = 1 / frames_per_s
        self._due_s = asyncio.get_running_loop().time()

    async def next(self) -> None:
        """Wait until the next frame is due; those that are late are made at once, unless very late."""
        now_s = asyncio.get_running_loop().time()
        self._due_s = max(self._due_s + self._between_s, now_s - LATE_S)
        await asyncio.sleep(max(0.0, self._due_s - now_s))


def next_free(folder: Path) -> Path:
    """The first of ``c10k-tui-1.cast``, ``c10k-tui-2.cast`` … that is not there."""
    number = 1
    while (folder / f"c10k-tui-{number}.cast").exists():
        number += 1
    return folder / f"c10k-tui-{number}.cast"
