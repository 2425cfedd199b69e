"""A recording that is run again on the screen, live: the scenario is raced, the keys are pressed.

Nothing of a file's picture is shown. Whoever watches can pause with space, look around, and with the
first key that changes something take over: the keys that were still to come are dropped, and the race is
theirs, with all its past in it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events
from textual.keys import _character_to_key

from c10k_tui.recording.cast.keycodes import QUIT
from c10k_tui.recording.cast.reader import Replay
from c10k_tui.recording.live.controller import FRAMES_PER_S, FrameTimer
from c10k_tui.screens.race.keys import RACE_BINDINGS

if TYPE_CHECKING:
    from c10k_tui.app.race_app import C10KApp

LOOKING = frozenset(
    ("up", "down", "left", "right", "escape", "end", "pageup", "pagedown", "tab", "shift+tab", "t", "?", "f1")
)
"""Keys that change nothing of the race: one may look around while it is replayed."""
FRAMES_AT_ONCE = 30
"""Frames that are run without a look at the keyboard on the way to where a replay begins."""


class Player:
    """A replay.

    Args:
        app: The app, which is stepped.
        replay: What to replay.
        at_frame: Up to where it is run as fast as it goes.
        paused: Whether it then stands still.
    """

    def __init__(self, app: C10KApp, replay: Replay, at_frame: int, *, paused: bool) -> None:
        self._app = app
        self._replay = replay
        self._script = replay.script
        self._at_frame = at_frame
        self._paused = paused
        self._next = 0
        """The first key that is still to come."""
        self._looking_elsewhere = False
        """Whether a page lies over the race that the watcher opened."""

    @property
    def state(self) -> str:
        """Where it is, in few words."""
        stepper = self._app.studio.stepper
        frame = stepper.frame if stepper is not None else 0
        sign = "▌▌" if self._paused else "▶"
        recorded, end = self._replay.recorded(frame), self._replay.end
        return f"{sign} replay {recorded / FRAMES_PER_S:.1f} / {end / FRAMES_PER_S:.1f} s"

    async def run(self) -> None:
        """Replay until the recording ends, or someone takes over or leaves."""
        studio = self._app.studio
        stepper = studio.stepper
        assert stepper is not None
        pace = FrameTimer(FRAMES_PER_S)
        taken: str | None = None
        while stepper.frame <= self._script.frames and taken is None:
            quick = stepper.frame < self._at_frame or self._is_unseen(stepper.frame)
            if quick:
                if stepper.frame % FRAMES_AT_ONCE == 0:
                    await asyncio.sleep(0)
            else:
                await pace.next()
            if stepper.size is not None:
                size, stepper.size = stepper.size, None
                await stepper.resize(*size)
            while stepper.keys and not quick and taken is None:
                key = stepper.keys.pop(0)
                if await self._watcher(key):
                    taken = key
            if studio.leaving:
                break
            if taken is None and not self._stands():
                await studio.frame(self._due(stepper.frame), deaf=True)
            elif self._paused:
                await stepper.settle()
        studio.close()
        self._hand_over(taken)

    def _is_unseen(self, frame: int) -> bool:
        return any(first <= frame < first + count for first, count in self._replay.unseen)

    def _stands(self) -> bool:
        """Whether the replay waits: it was paused, or a page lies over it that the watcher opened."""
        at = self._app.studio.stepper
        reached = at is not None and at.frame >= self._at_frame
        return reached and (self._paused or self._looking_elsewhere)

    def _due(self, frame: int) -> list[str]:
        """The recording's keys for a frame."""
        presses = self._script.presses
        first = self._next
        while self._next < len(presses) and presses[self._next].frame <= frame:
            self._next += 1
        return [press.key for press in presses[first : self._next]]

    async def _watcher(self, key: str) -> bool:
        """What the watcher pressed; tells whether it takes the race over."""
        app = self._app
        stepper = app.studio.stepper
        assert stepper is not None
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

    def _hand_over(self, key: str | None) -> None:
        """The race is the watcher's from here on."""
        app, session = self._app, self._app.session
        if key is not None:
            if self._paused and not session.paused:
                session.pause()  # What stood still goes on standing still, for steps forth and back.
            session.say("from here on it is your race")
            name = _character_to_key(key) if len(key) == 1 else key
            app.post_message(events.Key(name, key if len(key) == 1 else None))
        elif not app.studio.leaving:
            if not session.paused:
                session.pause()
            session.say("the recording ends here: space goes on")


def _signs() -> frozenset[str]:
    names = {name for binding in RACE_BINDINGS for name in binding.key.split(",")}
    signs = {chr(code) for code in range(33, 127) if _character_to_key(chr(code)) in names}
    return frozenset(names | signs)


_BOUND = _signs()
"""Every key that does something on the race screen, as recordings name them."""
