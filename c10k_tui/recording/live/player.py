"""Runs a recording again on the screen: runs its scenario and presses the recorded keys.

The pictures in the file are not used. The user can pause with space and look around. With the first key that
changes something, the user takes over: the remaining recorded keys are dropped, and the race continues with
its whole past.
"""

from __future__ import annotations

import asyncio

from c10k_tui import textual_internals
from c10k_tui.recording.cast.keycodes import QUIT
from c10k_tui.recording.cast.reader import Replay
from c10k_tui.recording.live.frame_runner import FrameRunner
from c10k_tui.recording.live.frame_timer import FrameTimer
from c10k_tui.recording.live.stepper import Stepper, key_event
from c10k_tui.screens.race.keys import RACE_BINDINGS
from c10k_tui.session.pacer import FRAMES_PER_S

LOOKING = frozenset(
    ("up", "down", "left", "right", "escape", "end", "pageup", "pagedown", "tab", "shift+tab", "t", "?", "f1")
)
"""Keys that change nothing in the race. The user may press them during a replay."""
FRAMES_AT_ONCE = 30
"""Frames that run at top speed between two checks of the keyboard."""


class Player:
    """A replay.

    Args:
        frames: Runs the app frame by frame; opened without a recorder.
        replay: The recording to replay.
        at_frame: The first frame that is shown at its own pace. Frames before it run at top speed.
        paused: True to pause there.
    """

    def __init__(self, frames: FrameRunner, replay: Replay, at_frame: int, *, paused: bool) -> None:
        self._frames = frames
        self._replay = replay
        self._script = replay.script
        self._at_frame = at_frame
        self._paused = paused
        self._next = 0
        """Index of the next recorded key."""
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
        frame = stepper.frame if stepper is not None else 0
        sign = "▌▌" if self._paused else "▶"
        recorded, end = self._replay.recorded(frame), self._replay.end
        return f"{sign} replay {recorded / FRAMES_PER_S:.1f} / {end / FRAMES_PER_S:.1f} s"

    async def run(self) -> None:
        """Replay until the recording ends, or the user takes over or leaves."""
        frames, stepper = self._frames, self._stepper
        timer = FrameTimer(FRAMES_PER_S)
        taken: str | None = None
        while stepper.frame <= self._script.frames and taken is None:
            quick = stepper.frame < self._at_frame or self._is_unseen(stepper.frame)
            if quick:
                if stepper.frame % FRAMES_AT_ONCE == 0:
                    await asyncio.sleep(0)
            else:
                await timer.next()
            await frames.take_resize()
            while stepper.keys and not quick and taken is None:
                key = stepper.keys.pop(0)
                if await self.user_takes_over(key):
                    taken = key
            if frames.leaving:
                break
            if taken is None and not self._stands():
                await frames.frame(self.due_keys(stepper.frame), scripted=True)
            elif self._paused:
                await stepper.settle()
        frames.close()
        self.hand_over(taken)

    def _is_unseen(self, frame: int) -> bool:
        return any(first <= frame < first + count for first, count in self._replay.unseen)

    def _stands(self) -> bool:
        """True if the replay waits: it is paused, or the user has opened another screen."""
        at = self._frames.stepper
        reached = at is not None and at.frame >= self._at_frame
        return reached and (self._paused or self._looking_elsewhere)

    def due_keys(self, frame: int) -> list[str]:
        """The recorded keys up to a frame that have not been returned yet."""
        presses = self._script.presses
        first = self._next
        while self._next < len(presses) and presses[self._next].frame <= frame:
            self._next += 1
        return [press.key for press in presses[first : self._next]]

    async def user_takes_over(self, key: str) -> bool:
        """Handle a key of the user. Returns True if the key changes the race."""
        app, stepper = self._frames.app, self._stepper
        if self._looking_elsewhere:
            await stepper.press(key)
            self._looking_elsewhere = len(app.screen_stack) > 1
        elif key == " ":
            self._paused = not self._paused
            app.refresh()
        elif key == QUIT:
            await app.action_quit()
        elif key in LOOKING:
            await stepper.press(key)
            self._looking_elsewhere = len(app.screen_stack) > 1
        else:
            return key in _BOUND
        return False

    def hand_over(self, key: str | None) -> None:
        """Give the race to the user.

        Args:
            key: The key with which the user took over; None if the recording has ended.
        """
        session = self._frames.session
        if key is not None:
            if self._paused and not session.paused:
                session.pause()  # A paused replay stays paused, for steps in both directions.
            session.say("from here on it is your race")
            self._frames.app.post_message(key_event(key))
        elif not self._frames.leaving:
            if not session.paused:
                session.pause()
            session.say("the recording ends here: space goes on")


def _signs() -> frozenset[str]:
    names = {name for binding in RACE_BINDINGS for name in binding.key.split(",")}
    signs = {chr(code) for code in range(33, 127) if textual_internals.key_name(chr(code)) in names}
    return frozenset(names | signs)


_BOUND = _signs()
"""Every key that has an effect on the race screen, by its name in recordings."""
