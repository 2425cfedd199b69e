"""The frames of a recording or a replay: keys in, a picture out, one frame after the other.

The app runs freely until :meth:`FrameRunner.open`. From then on it is stepped
(:mod:`~c10k_tui.recording.live.stepper`), and the runner's owner calls :meth:`FrameRunner.frame` for every
frame. With a terminal, the owner is the :class:`~c10k_tui.recording.live.controller.RecordingController` or
the :class:`~c10k_tui.recording.live.player.Player`; without a terminal, it is the command. All owners use the
same runner, so they make the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events
from textual.app import App

from c10k_tui import textual_internals
from c10k_tui.recording.live.markers import RaceState
from c10k_tui.recording.live.step_clock import StepClock
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.session.measured_figures import Figure, FigureSource, HostLaneSeen, MeasuredFigures
from c10k_tui.session.pacer import FRAMES_PER_S
from c10k_tui.session.session import Session

if TYPE_CHECKING:
    from c10k_tui.recording.live.capture import ScreenCapture
    from c10k_tui.recording.live.recorder import Recorder
    from c10k_tui.recording.live.stepper import Stepper
    from sim.host.host_view import HostView


@runtime_checkable
class MeasuringScreen(Protocol):
    """A screen that takes measured figures, and does more by itself when the app runs freely."""

    def go_on_freely(self) -> None:
        """The app no longer runs frame by frame."""


class FrameRunner:
    """Runs an app frame by frame, and records the frames if there is a recorder.

    Args:
        app: The app.
        session: The race and its pace.
        clock: The clock of the session.
        make_screen: Makes a stepped race screen.
        planned: True if the app must be stepped from its start. Then keys wait for the first frame.
    """

    def __init__(
        self,
        app: App[str],
        session: Session,
        clock: StepClock,
        make_screen: Callable[[], RaceScreen],
        *,
        planned: bool,
    ) -> None:
        self.app = app
        self.session = session
        self._clock = clock
        self._make_screen = make_screen
        self.figures = MeasuredFigures()
        """Passes measured figures to the screens."""
        self._host_view: HostView | None = None
        """The state of the host lane in the last frame that had one."""
        self.planned = planned
        """True until the planned recording or replay has ended."""
        self.stepper: Stepper | None = None
        """None while the app runs freely."""
        self.recorder: Recorder | None = None
        """None while nothing is recorded."""
        self.scripted = False
        """True while keys come from a file or a script. Such keys can neither record nor leave the app."""
        self.leaving = False
        """True if the app must exit when the current frame is finished."""
        self._ended = False
        self._early: list[str] = []
        """Keys pressed before the first frame."""
        self._capture: ScreenCapture | None = None
        textual_internals.observe_display(app, self._displayed)

    @property
    def stepping(self) -> bool:
        """True while the app is run frame by frame."""
        return self.stepper is not None

    @property
    def ending(self) -> bool:
        """True if the current frame is the last. The key that ended the recording must not appear in it."""
        return self._ended or self.leaving

    def end_after_frame(self) -> None:
        """Make the current frame the last one."""
        self._ended = True

    def takes(self, event: events.Event) -> bool:
        """Keep an event for the next frame, or drop it; False if the app must handle it now."""
        if self.stepper is not None:
            return self.stepper.takes(event)
        if not self.planned or self.app.is_headless or not isinstance(event, events.Key):
            return False
        from c10k_tui.recording.live.stepper import key_of

        if (key := key_of(event)) is not None:
            self._early.append(key)
        return True

    def _displayed(self, update: object) -> None:
        if self._capture is not None:
            self._capture.displayed(update)

    async def open(
        self,
        make_recorder: Callable[[], Recorder] | None,
        source: FigureSource = FigureSource.NOWHERE,
        recorded: Sequence[tuple[int, Figure]] = (),
    ) -> None:
        """Start to step the app.

        Args:
            make_recorder: Opens the recording; called when the race has reached the recording's beginning.
                None for no recording.
            source: The place that measured figures come from.
            recorded: The measured figures of a recording, with the frames in which they act.
        """
        from c10k_tui.recording.live.capture import ScreenCapture
        from c10k_tui.recording.live.stepper import Stepper

        self.recorder = None if make_recorder is None else make_recorder()
        self.stepper = Stepper(self.app, self.session, self._clock, FRAMES_PER_S, lambda: self.ending)
        self.stepper.keys += self._early
        self._early = []
        self._capture = ScreenCapture(self.app)
        self.figures.begin_frames(source, recorded)
        self._host_view = None
        await self.stepper.begin(self._make_screen())

    async def frame(self, keys: Sequence[str], *, scripted: bool) -> None:
        """Run one frame, and record it if there is a recorder.

        Args:
            keys: The keys to press in it.
            scripted: True if they come from a file or a script.

        Raises:
            OSError: writing to the recording's file failed.
        """
        stepper, capture = self.stepper, self._capture
        assert stepper is not None
        assert capture is not None
        self.scripted = scripted
        stepper.show()
        pressed: list[str] = []
        for key in keys:
            await stepper.press(key)
            if self.ending:
                break
            pressed.append(key)
        self.figures.pass_on(stepper.frame)
        await stepper.finish()
        self.scripted = False
        figures = self._shown_figures(stepper)
        if self.recorder is not None:
            self.recorder.take(
                capture.picture(), pressed, self.race_state(), capture.caption_styles(), figures
            )

    def _shown_figures(self, stepper: Stepper) -> tuple[Figure, ...]:
        """The measured figures that the finished frame shows and no frame before has shown."""
        figures = self.figures.collect()
        view = None if stepper.race_screen is None else stepper.race_screen.host_lane.view()
        if view is None or view == self._host_view:
            return figures
        self._host_view = view
        return (*figures, HostLaneSeen(view))

    async def take_resize(self) -> None:
        """Give the app the terminal's new size, if it has changed since the last frame."""
        stepper = self.stepper
        if stepper is not None and stepper.size is not None:
            size, stepper.size = stepper.size, None
            await stepper.resize(*size)

    def race_state(self) -> RaceState:
        """The current state of the race, for markers."""
        session = self.session
        return RaceState(session.races, session.scenario, session.travel.forks, session.travel.jumps)

    def close(self) -> None:
        """Let the app run freely again, and finish the recording.

        Raises:
            OSError: writing to the recording's file failed.
        """
        if self.stepper is not None:
            self.stepper.end()
            self.stepper = self._capture = None
            self.figures.end_frames()
        for screen in self.app.screen_stack:
            if isinstance(screen, RaceScreen):
                screen.start_timer()
            elif isinstance(screen, MeasuringScreen):
                screen.go_on_freely()
        self._ended = False
        self.planned = False
        self.finish_recording()

    def finish_recording(self) -> None:
        """Finish the recording, if there is one; the app stays as it is.

        Raises:
            OSError: writing to the recording's file failed.
        """
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            recorder.close()
