"""Runs a recording again on the screen: runs its scenario and presses the recorded keys.

The pictures in the file are not used. The race runs at the recorded size of the terminal
(:mod:`~c10k_tui.recording.live.letterbox`). The user can pause with space and look around. With the first key
that changes something, the user takes over: the remaining recorded keys are dropped, and the race continues
with its whole past.
"""

from __future__ import annotations

import asyncio

from c10k_tui import textual_internals
from c10k_tui.recording.cast.keycodes import QUIT
from c10k_tui.recording.cast.replay import Replay
from c10k_tui.recording.live.frame_runner import FrameRunner
from c10k_tui.recording.live.frame_timer import FrameTimer
from c10k_tui.recording.live.letterbox import Letterbox
from c10k_tui.recording.live.stepper import Stepper, key_event
from c10k_tui.screens.race.grid_cursor import Viewpoint
from c10k_tui.screens.race.keys import RACE_BINDINGS
from c10k_tui.session.pacer import FRAMES_PER_S
from c10k_tui.text.messages import _

MOVING = frozenset(
    ("up", "down", "left", "right", "escape", "end", "pageup", "pagedown", "tab", "shift+tab", "enter")
)
"""Keys that only move the cursor. Later recorded keys act on its place, so it is put back before the replay
goes on.
"""
LOOKING = frozenset(("t", "?", "f1"))
"""Keys that change nothing that a recorded key acts on."""
FRAMES_AT_ONCE = 30
"""Frames that run at top speed between two checks of the keyboard."""


class Player:
    """A replay.

    Args:
        frames: Runs the app frame by frame; opened without a recorder.
        replay: The recording to replay.
        at_frame: The first frame that is shown. The frames up to it run at top speed.
        paused: True to pause there.
        box: The part of the terminal in which the replay is drawn.
    """

    def __init__(
        self, frames: FrameRunner, replay: Replay, at_frame: int, *, paused: bool, box: Letterbox
    ) -> None:
        self._frames = frames
        self._replay = replay
        self.box = box
        self._sizes = {resize.frame: resize for resize in replay.resizes}
        self._script = replay.script
        self._at_frame = at_frame
        self._paused = paused
        self._next = 0
        """Index of the next recorded key."""
        self._viewpoint: Viewpoint | None = None
        """The recorded place of the cursor, while the user has moved the cursor; else None."""
        self._looking_elsewhere = False
        """True while a screen that the user has opened covers the race."""

    @property
    def _stepper(self) -> Stepper:
        assert self._frames.stepper is not None
        return self._frames.stepper

    @property
    def state(self) -> str:
        """The position of the replay, in a few words."""
        stepper = self._frames.stepper
        frame = max(0, stepper.frame - 1) if stepper is not None else 0
        sign = "▌▌" if self._paused else "▶"
        recorded, end = self._replay.recorded(frame), self._replay.end
        return _(
            "{sign} replay {recorded:.1f} / {end:.1f} s",
            sign=sign,
            recorded=recorded / FRAMES_PER_S,
            end=end / FRAMES_PER_S,
        )

    async def run(self) -> None:
        """Replay until the recording ends, or the user takes over or leaves."""
        frames, stepper = self._frames, self._stepper
        timer = FrameTimer(FRAMES_PER_S)
        taken: str | None = None
        while taken is None and self._app_runs() and (self._has_frames() or self._stands()):
            quick = stepper.frame <= self._at_frame or self._is_unseen(stepper.frame)
            if not quick:
                await timer.next()
            elif stepper.frame % FRAMES_AT_ONCE == 0:
                await asyncio.sleep(0)
            self._take_window()
            if not self.box.fits:
                await self._wait_for_room(timer)
            while stepper.keys and not quick and taken is None and not frames.leaving:
                key = stepper.keys.pop(0)
                if await self.user_takes_over(key):
                    taken = key
            if frames.leaving:
                break
            if taken is None and self._has_frames() and not self._stands():
                await self._frame()
            elif self._paused:
                await stepper.settle()
        frames.close()
        self.hand_over(taken)
        self.box.release()

    async def _frame(self) -> None:
        """Run the next frame, at its recorded size and with its recorded keys."""
        stepper = self._stepper
        resize = self._sizes.get(stepper.frame)
        if resize is not None:
            height = resize.height - self._replay.settings.caption
            self.box.note_size(resize.width, height)
            await stepper.resize(resize.width, height)
        await self._frames.frame(self.due_keys(stepper.frame), scripted=True)

    def _take_window(self) -> None:
        """Draw all of the terminal again if its size, or the recorded size, has changed."""
        stepper = self._stepper
        if stepper.size is not None:
            size, stepper.size = stepper.size, None
            self.box.note_window(size)
        self.box.draw()

    async def _wait_for_room(self, timer: FrameTimer) -> None:
        """Wait until the window has room for the recorded size. The only key is the one that quits."""
        frames, stepper = self._frames, self._stepper
        while not self.box.fits and self._app_runs():
            await timer.next()
            if QUIT in stepper.keys:
                await frames.app.action_quit()
            stepper.keys.clear()
            self._take_window()

    def _app_runs(self) -> bool:
        """False if the user leaves, or something else has ended the app."""
        return not (self._frames.leaving or textual_internals.is_leaving(self._frames.app))

    def _has_frames(self) -> bool:
        """True if the recording has a frame after the one that is shown."""
        return self._stepper.frame <= self._replay.last_shown

    def _is_unseen(self, frame: int) -> bool:
        return any(first <= frame < first + count for first, count in self._replay.unseen)

    def _stands(self) -> bool:
        """True if the replay waits: it is paused, or the user has opened another screen."""
        at = self._frames.stepper
        reached = at is not None and at.frame > self._at_frame
        return reached and (self._paused or self._looking_elsewhere)

    def due_keys(self, frame: int) -> list[str]:
        """The recorded keys up to a frame that have not been returned yet."""
        presses = self._script.presses
        first = self._next
        while self._next < len(presses) and presses[self._next].frame <= frame:
            self._next += 1
        return [press.key for press in presses[first : self._next]]

    async def user_takes_over(self, key: str) -> bool:
        """Handle a key of the user. Returns True if it changes the race, or a screen of the recording."""
        app, stepper = self._frames.app, self._stepper
        if self._looking_elsewhere:
            await stepper.press(key)
            self._looking_elsewhere = len(app.screen_stack) > 1
        elif key == " ":
            self._paused = not self._paused
            await self._look_back()
            app.refresh()
        elif key == QUIT:
            await app.action_quit()
        elif len(app.screen_stack) > 1:
            return key in MOVING or key in _BOUND
        elif key in LOOKING or (key in MOVING and key != "enter"):
            await self._look(key)
        else:
            return key in _BOUND
        return False

    async def _look(self, key: str) -> None:
        """Press a key with which the user looks around. If it moves the cursor, the replay pauses."""
        stepper = self._stepper
        if key in MOVING:
            self._paused = True
            if self._viewpoint is None and stepper.race_screen is not None:
                self._viewpoint = stepper.race_screen.viewpoint
        await stepper.press(key)
        self._looking_elsewhere = len(self._frames.app.screen_stack) > 1

    async def _look_back(self) -> None:
        """Put the cursor back to its recorded place."""
        stepper = self._stepper
        viewpoint, self._viewpoint = self._viewpoint, None
        if viewpoint is not None and stepper.race_screen is not None:
            stepper.race_screen.look_from(viewpoint)
            await stepper.settle()

    def hand_over(self, key: str | None) -> None:
        """Give the race to the user.

        Args:
            key: The key with which the user took over; None if the recording has ended.
        """
        session = self._frames.session
        if key is not None:
            if self._paused and not session.paused:
                session.pause()  # A paused replay stays paused, for steps in both directions.
            session.say(_("from here on it is your race"))
            self._frames.app.post_message(key_event(key))
        elif not self._frames.leaving:
            if not session.paused:
                session.pause()
            session.say(_("the recording ends here: space goes on"))


def _signs() -> frozenset[str]:
    names = {name for binding in RACE_BINDINGS for name in binding.key.split(",")}
    signs = {chr(code) for code in range(33, 127) if textual_internals.key_name(chr(code)) in names}
    return frozenset(names | signs)


_BOUND = _signs()
"""Every key that has an effect on the race screen, by its name in recordings."""
