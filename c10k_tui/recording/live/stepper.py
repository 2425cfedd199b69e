"""The app, run frame by frame: what was pressed, the race, and nothing until both have had their effect.

Left to itself the app lets keys, timers and repaints come when they come. Here they have an order. Keys
and sizes that arrive wait for the next frame; in it each is handled to its end before the next; then the
race goes on by one frame, and the frame is finished when no widget has a message left. So what a frame
shows depends on the frames before it and on nothing else. The mouse is deaf meanwhile: where it points is
not a key.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakSet

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.screen import Screen

from c10k_tui.recording.cast.keycodes import is_key
from c10k_tui.recording.live.frame_pacer import FramePacer
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.session.pacer import Pacer

if TYPE_CHECKING:
    from c10k_tui.app.race_app import C10KApp

MOST_ROUNDS = 1_000
"""Rounds after which messages that beget messages are given up on."""
MOST_KEYS_A_FRAME = 64


class Stepper:
    """Runs an app frame by frame from :meth:`begin` to :meth:`end`.

    Args:
        app: The app, which runs.
        frames_per_s: The frame rate.
    """

    def __init__(self, app: C10KApp, frames_per_s: int) -> None:
        self._app = app
        self._rate = frames_per_s
        self._screen: RaceScreen | None = None
        self._pressed: events.Event | None = None
        """What is let through now, for it comes from here."""
        self._animation_level = app.animation_level
        self._held: WeakSet[Screen[object]] = WeakSet()
        """Screens that do not repaint by themselves."""
        self.frame = 0
        self.keys: list[str] = []
        """What was pressed since the last frame."""
        self.size: Size | None = None
        """The size that the terminal has taken on since the last frame."""

    def takes(self, event: events.Event) -> bool:
        """Whether an event waits for the next frame (or for ever) and must not be handled now."""
        if event is self._pressed:
            return False
        if isinstance(event, events.Key):
            key = key_of(event)
            if key is not None and len(self.keys) < MOST_KEYS_A_FRAME:
                self.keys.append(key)
            return True
        if isinstance(event, events.Resize):
            if self._app._size is None:
                return False
            self.size = event.size
            return True
        return isinstance(event, (events.MouseEvent, events.Paste, events.AppBlur, events.AppFocus))

    async def begin(self) -> None:
        """Start over with an empty screen on the race as it stands."""
        app, session = self._app, self._app.session
        app.animation_level = "none"
        app.clock.show(0, self._rate)
        # What is due at this very moment has happened, and what the race had to tell of the past has been
        # told: here, and when this is replayed.
        session.race.advance(session.race.now_ns)
        session.race.frame()
        session.use(FramePacer(app.clock, lambda: session.scenario, session.pacer.speed))
        while len(app.screen_stack) > 1:
            await app.pop_screen()
        if not app.screen._result_callbacks:
            # The screen that an app begins with has no callback, and Textual wants to take one away.
            app.screen._push_result_callback(app.screen, None)
        self._screen = RaceScreen(session, app.clock, stepped=True)
        await app.switch_screen(self._screen)
        await self.settle()

    async def press(self, key: str) -> None:
        """Press a key, and wait until all that it causes has happened."""
        name = _character_to_key(key) if len(key) == 1 else key
        await self._send(events.Key(name, key if len(key) == 1 else None))

    async def resize(self, width: int, height: int) -> None:
        """Let the terminal have another size."""
        size = Size(width, height)
        driver = self._app._driver
        if driver is not None and driver.is_headless:
            driver._size = (width, height)
        await self._send(events.Resize(size, size))

    async def _send(self, event: events.Event) -> None:
        self._pressed = event
        self._app.post_message(event)
        await self.settle()
        self._pressed = None
        if self._screen is not None and not self._app.studio.ending:
            # What was drawn on the way may have been drawn for a layout that is no longer.
            self._screen.draw()
            await self.settle()

    def show(self) -> None:
        """It is the time of the frame that is in the making."""
        self._app.clock.show(self.frame, self._rate)

    async def finish(self) -> None:
        """Let the race go on by a frame; the frame is finished when this returns."""
        if self._screen is not None:
            self._screen.tick()
        await self.settle()
        app = self._app
        if app._background_screens:
            # What shows through a dialog is painted with it, and only when it is.
            for screen in app._background_screens:
                screen._on_timer_update()
            app.screen.refresh()
            app.screen._on_timer_update()
        self.frame += 1

    async def settle(self) -> None:
        """Wait until no widget has anything left to do."""
        app = self._app
        for _ in range(MOST_ROUNDS):
            self._hold()
            await self._round()
            if app._exit or app._closing or app._exception is not None:
                return
            waits = app._batch_count or app._resize_timer is not None
            if waits:
                await asyncio.sleep(0.002)
            for screen in app._background_screens:
                if screen._callbacks or screen._layout_required:
                    screen._on_timer_update()
            app.screen._on_timer_update()
            if not waits and self._idle():
                return

    def _hold(self) -> None:
        """Let no screen repaint by the wall's time: whether it came before or after a message would tell."""
        for screen in self._app.screen_stack:
            if screen not in self._held:
                screen._update_timer.stop()
                self._held.add(screen)

    async def _round(self) -> None:
        """One turn of all that can act: what was in their queues has been handled when this returns."""
        app = self._app
        waiting = {pump for pump in self._pumps() if pump._running and not pump._closing}

        def handled(pump: MessagePump) -> None:
            waiting.discard(pump)

        for pump in tuple(waiting):
            if not pump.call_later(handled, pump):
                handled(pump)
        turns = 0
        # A widget that is taken away in the meantime answers no more, nor does an app that failed.
        while not (
            app._exit
            or app._closing
            or app._exception
            or all(pump._closing or pump._closed for pump in waiting)
        ):
            # Nobody waits for the wall here, so a turn of the loop is enough; but should someone, let him.
            await asyncio.sleep(0 if turns < MOST_ROUNDS else 0.001)
            self._hold()
            turns += 1

    def _pumps(self) -> list[MessagePump]:
        app = self._app
        screens = [*app._background_screens, app.screen]
        return [app, *(node for screen in screens for node in screen.walk_children(with_self=True))]

    def _idle(self) -> bool:
        app = self._app
        if any(
            screen._callbacks or screen._layout_required for screen in (*app._background_screens, app.screen)
        ):
            return False
        if app.screen._dirty_widgets:  # Those of the screens beneath are painted by finish().
            return False
        return all(pump._message_queue.empty() for pump in self._pumps())

    def end(self) -> None:
        """Let the app run by itself again."""
        app, session = self._app, self._app.session
        app.animation_level = self._animation_level
        for screen in self._held:
            # Textual makes another timer where it finds none.
            setattr(screen, "_Screen__update_timer", None)  # noqa: B010
            screen.check_idle()
        app.clock.release()
        session.use(Pacer(app.clock, session.pacer.speed))


def key_of(event: events.Key) -> str | None:
    """The key of an event, if it is one that a recording can hold."""
    if event.character is not None and len(event.character) == 1 and event.is_printable:
        return event.character if is_key(event.character) else None
    return event.key if is_key(event.key) and len(event.key) > 1 else None
