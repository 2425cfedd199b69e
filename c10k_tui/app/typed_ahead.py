"""Input in order: a key or a click is handled completely before the next one is delivered.

A terminal sends several keys in one read: a fast typist, a paste, a script. Textual forwards each of them at
once to the widget that has the focus at that moment. So a key that follows ``n`` goes to the race, though
``n`` has asked for a box with a field; and a second Enter goes to a box that the first Enter is closing.

Here the next input waits until every node from the focused widget up to the app has handled what the last
input caused. If the screen has changed, its new top has then been mounted and has its focus. The first input
is delivered at once, so a single key waits for nothing.

Why not Textual's ``Pilot``, which waits too: it is made for tests, and waits for an idle CPU, which a running
race never is.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App
from textual.errors import NoWidget
from textual.message_pump import MessagePump

from c10k_tui import textual_internals

INPUT = (events.InputEvent, events.Paste)
"""The events that are kept in order."""
AT_ONCE = frozenset(("ctrl+q", "ctrl+z"))
"""Keys that work at every moment: leave, and go to the shell."""
ROUNDS = 3
"""Rounds for the messages that an action causes, such as the choice of a row, and for those they cause."""
CHECK_S = 0.02
"""Seconds after which a wait checks if its node has ended."""
PATIENCE_S = 2.0
"""Longest wait in seconds for one node. Then the next input is delivered all the same."""


class TypedAhead:
    """Keeps input until the input before it has been handled.

    Args:
        app: The running app.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._sent: events.Event | None = None
        """The event that is delivered from the queue now."""
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """True while an input is being handled; further input is kept."""
        return self._task is not None

    def keeps(self, event: events.Event) -> bool:
        """Keep an input event for later; False if the app must handle it now.

        Args:
            event: Any event of the app.
        """
        if event is self._sent or not isinstance(event, INPUT) or event.is_forwarded:
            return False
        if isinstance(event, events.Key) and event.key in AT_ONCE:
            return False
        if self._task is not None:
            self._waiting.append(event)
            return True
        if not isinstance(event, events.MouseMove):
            self._task = asyncio.create_task(self._deliver(event))
        return False

    async def _deliver(self, event: events.Event) -> None:
        """Wait until an event has been handled, then deliver the events that came meanwhile."""
        try:
            await self._handled(event)
            while self._waiting and not textual_internals.is_leaving(self._app):
                self._sent = self._waiting.popleft()
                if self._app.post_message(self._sent):
                    await self._handled(self._sent)
        finally:
            self._sent = self._task = None

    async def _handled(self, event: events.Event) -> None:
        """Wait until everything that an event causes has happened."""
        app = self._app
        await self._turn(app)
        if not app.screen_stack:
            return
        screen, focused = app.screen, app.focused
        await self._round(self._targets(event))
        if focused is None and app.screen is screen and not isinstance(event, events.MouseEvent):
            return
        for _ in range(ROUNDS):
            if textual_internals.is_leaving(app) or not app.screen_stack:
                return
            await self._round((app.focused or app.screen).ancestors_with_self)

    def _targets(self, event: events.Event) -> Iterable[MessagePump]:
        """The nodes that handle an event, in order."""
        app = self._app
        if isinstance(event, events.MouseEvent):
            with suppress(NoWidget):
                under, _ = app.get_widget_at(round(event.screen_x), round(event.screen_y))
                return (app.mouse_captured or under).ancestors_with_self
        return (app.focused or app.screen).ancestors_with_self

    async def _round(self, pumps: Iterable[MessagePump]) -> None:
        for pump in tuple(pumps):
            await self._turn(pump)

    async def _turn(self, pump: MessagePump) -> None:
        """Wait until a node has handled the messages in its queue."""
        handled = asyncio.Event()
        if not pump.call_later(handled.set):
            return
        waited_s = 0.0
        while not handled.is_set() and waited_s < PATIENCE_S:
            try:
                await asyncio.wait_for(handled.wait(), CHECK_S)
            except TimeoutError:
                waited_s += CHECK_S
                if textual_internals.is_leaving(self._app) or textual_internals.have_ended([pump]):
                    return
