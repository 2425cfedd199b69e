"""Screens that are drawn when a test reads them, and once more when they close.

Textual draws a headless app for a terminal that nobody sees: six times while it starts, then after each key.
A test reads the screen itself, through the compositor, which draws what it reads. So the updates between two
readings are left out. An error while drawing is
still found: a screen with an update left out is drawn in full when another screen covers it, when it closes,
and when the app ends.

Every update is drawn of an app that is run frame by frame, as for a recording, and of a screen with others
behind it: there Textual keeps for the next reading what the last update has drawn.
"""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.events import ScreenSuspend
from textual.screen import Screen

from c10k_tui.app.race_app import C10KApp
from tests.support.known_studies import StandIn


def drawn_when_read() -> list[StandIn]:
    """Stand-ins that leave out the updates that only a terminal would show."""
    refresh, suspend, shut_down = Screen._compositor_refresh, Screen._on_screen_suspend, App._shutdown

    def leave_out(screen: Screen[Any]) -> None:
        app = screen.app
        stepped = isinstance(app, C10KApp) and app.recording.frames.stepping
        if stepped or app._background_screens or screen is not app.screen:
            refresh(screen)
            return
        screen._dirty_widgets.clear()
        app._update_mouse_over(screen)

    def draw_what_was_left_out(screen: Screen[Any]) -> None:
        if screen._compositor._dirty_regions and screen.is_attached:
            screen._compositor.render_update(full=True)

    def draw_and_suspend(screen: Screen[Any], event: ScreenSuspend) -> None:
        draw_what_was_left_out(screen)
        suspend(screen)

    async def draw_and_shut_down(app: App[Any]) -> None:
        try:
            if app._exception is None and app._screen_stack:
                draw_what_was_left_out(app.screen)
        finally:
            await shut_down(app)

    return [
        (Screen, "_compositor_refresh", leave_out),
        (Screen, "_on_screen_suspend", draw_and_suspend),
        (App, "_shutdown", draw_and_shut_down),
    ]
