"""Runs the app frame by frame: first the keys, then the race, then a wait until both have had their full
effect.

An app that runs freely handles keys, timers and repaints whenever they come, so two runs may differ. Here
they have a fixed order. New keys and sizes wait for the next frame. In that frame, each of them is handled
completely before the next. Then the race advances by one frame. The frame ends when no widget has a message
left. So the contents of a frame depend only on earlier frames and keys. Mouse events are dropped, because a
recording holds only keys.

Textual's private names that this module needs are in :mod:`c10k_tui.textual_internals`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakSet

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.message_pump import MessagePump
from textual.screen import Screen

from c10k_tui import textual_internals
from c10k_tui.recording.cast.keycodes import is_key
from c10k_tui.recording.live.frame_pacer import FramePacer
from c10k_tui.recording.live.step_clock import StepClock
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.session.pacer import Pacer
from c10k_tui.session.session import Session

MOST_ROUNDS = 1_000
"""Limit of rounds; if messages still cause more messages after it, the stepper gives up."""
MOST_KEYS_A_FRAME = 64


class Stepper:
    """Runs an app frame by frame, from :meth:`begin` to :meth:`end`.

    Args:
        app: The running app.
        session: The race and its pace.
        clock: The clock of the session.
        frames_per_s: The frame rate.
        is_ending: Returns True if the current frame is the last one. Nothing more is drawn then.
    """

    def __init__(
        self,
        app: App[str],
        session: Session,
        clock: StepClock,
        frames_per_s: int,
        is_ending: Callable[[], bool],
    ) -> None:
        self._app = app
        self._session = session
        self._clock = clock
        self._rate = frames_per_s
        self._is_ending = is_ending
        self._screen: RaceScreen | None = None
        self._sent: events.Event | None = None
        """The event that this stepper sends now; None between events. It is handled at once; every other
        event waits.
        """
        self._animation_level = app.animation_level
        self._held: WeakSet[Screen[object]] = WeakSet()
        """Screens whose update timers are stopped."""
        self.frame = 0
        """Number of the current frame."""
        self.keys: list[str] = []
        """Keys pressed since the last frame."""
        self.size: Size | None = None
        """New size of the terminal since the last frame; None if it has not changed."""

    @property
    def race_screen(self) -> RaceScreen | None:
        """The race screen; None before the first frame."""
        return self._screen

    def takes(self, event: events.Event) -> bool:
        """Keep an event for the next frame, or drop it. Returns False if the app must handle it now."""
        if event is self._sent:
            return False
        if isinstance(event, events.Key):
            key = key_of(event)
            if key is not None and len(self.keys) < MOST_KEYS_A_FRAME:
                self.keys.append(key)
            return True
        if isinstance(event, events.Resize):
            if not textual_internals.has_size(self._app):
                return False
            self.size = event.size
            return True
        return isinstance(event, (events.MouseEvent, events.Paste, events.AppBlur, events.AppFocus))

    async def begin(self, screen: RaceScreen) -> None:
        """Replace all screens by a new race screen, which shows the race at its current time.

        Args:
            screen: A stepped race screen, not yet mounted.
        """
        app, session = self._app, self._session
        app.animation_level = "none"
        self._clock.show(0, self._rate)
        # Events due at exactly this time happen now, and earlier records are taken out of the race. A replay
        # does the same, so both begin with an equal race.
        session.race.advance(session.race.now_ns)
        session.race.frame()
        session.use_pacer(FramePacer(self._clock, lambda: session.scenario, session.pacer.speed))
        while len(app.screen_stack) > 1:
            await app.pop_screen()
        textual_internals.allow_switch(app)
        self._screen = screen
        await app.switch_screen(screen)
        await self.settle()

    async def press(self, key: str) -> None:
        """Press a key, and wait until all its effects have happened."""
        await self._send(key_event(key))

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size, in cells."""
        size = Size(width, height)
        textual_internals.set_headless_size(self._app, width, height)
        await self._send(events.Resize(size, size))

    async def _send(self, event: events.Event) -> None:
        self._sent = event
        self._app.post_message(event)
        await self.settle()
        self._sent = None
        if self._screen is not None and not self._is_ending():
            # Earlier drawings may belong to a layout that has changed since.
            self._screen.draw()
            await self.settle()

    def show(self) -> None:
        """Set the clock to the time of the current frame."""
        self._clock.show(self.frame, self._rate)

    async def finish(self) -> None:
        """Advance the race by one frame, and wait until the frame is complete."""
        if self._screen is not None:
            self._screen.tick()
        await self.settle()
        app = self._app
        background = textual_internals.background_screens(app)
        if background:
            # The screen below a dialog is painted with the dialog, and only then.
            for screen in background:
                textual_internals.update_now(screen)
            app.screen.refresh()
            textual_internals.update_now(app.screen)
        self.frame += 1

    async def settle(self) -> None:
        """Wait until no widget has anything left to do."""
        app = self._app
        for _ in range(MOST_ROUNDS):
            self._hold()
            await self._round()
            if textual_internals.is_leaving(app):
                return
            waits = textual_internals.waits_for_time(app)
            if waits:
                await asyncio.sleep(0.002)
            for screen in textual_internals.background_screens(app):
                if textual_internals.needs_update(screen):
                    textual_internals.update_now(screen)
            textual_internals.update_now(app.screen)
            if not waits and self._idle():
                return

    def _hold(self) -> None:
        """Stop the screens' update timers: by chance, their repaints could come before or after a message."""
        for screen in self._app.screen_stack:
            if screen not in self._held:
                textual_internals.stop_update_timer(screen)
                self._held.add(screen)

    async def _round(self) -> None:
        """Wait until every message pump has handled the messages in its queue."""
        app = self._app
        waiting = {
            pump for pump in textual_internals.message_pumps(app) if textual_internals.can_handle(pump)
        }

        def handled(pump: MessagePump) -> None:
            waiting.discard(pump)

        for pump in tuple(waiting):
            if not pump.call_later(handled, pump):
                handled(pump)
        turns = 0
        # A widget removed during this wait handles no more messages. Neither does an app that has failed.
        while not (textual_internals.is_leaving(app) or textual_internals.have_ended(waiting)):
            # Nothing here should wait for wall time, so one turn of the loop is enough. If something does
            # wait, the sleep lets it continue.
            await asyncio.sleep(0 if turns < MOST_ROUNDS else 0.001)
            self._hold()
            turns += 1

    def _idle(self) -> bool:
        app = self._app
        if any(textual_internals.needs_update(screen) for screen in textual_internals.seen_screens(app)):
            return False
        if textual_internals.needs_repaint(app.screen):  # finish() paints the screens below.
            return False
        return textual_internals.queues_are_empty(app)

    def end(self) -> None:
        """Let the app run freely again."""
        app, session = self._app, self._session
        app.animation_level = self._animation_level
        for screen in self._held:
            textual_internals.restart_update_timer(screen)
        self._clock.release()
        session.use_pacer(Pacer(self._clock, session.pacer.speed))


def key_event(key: str) -> events.Key:
    """The event of pressing a key, given by its name in recordings."""
    if len(key) > 1:
        return events.Key(key, None)
    return events.Key(textual_internals.key_name(key), key)


def key_of(event: events.Key) -> str | None:
    """The key of an event, by its name in recordings; None if a recording cannot hold it."""
    if event.character is not None and len(event.character) == 1 and event.is_printable:
        return event.character if is_key(event.character) else None
    return event.key if is_key(event.key) and len(event.key) > 1 else None
