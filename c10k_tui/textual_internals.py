"""Textual's private names, all of them in one place.

Recordings run the app frame by frame: keys are handled one by one, and a picture is taken only when no widget
has work left. Textual has no public API for that. The functions below give each private name a meaning;
nothing else in the program uses one. They are written for Textual 8.2 (:data:`TRIED_WITH`), and the bound on
Textual in ``pyproject.toml`` admits no other minor version. :func:`missing_names` lists the names that the
installed Textual lacks; a test asserts that the list is empty.

Why not Textual's ``Pilot``: it waits by wall time until the app seems idle, so two runs may take a different
number of repaints, and it works only without a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from textual import keys as textual_keys
from textual._compositor import ChopsUpdate, Compositor
from textual._context import visible_screen_stack
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip

TRIED_WITH = "8.2.8"
"""The version of Textual that this module was written for and tried with."""

_CLASS_NAMES: tuple[tuple[type, tuple[str, ...]], ...] = (
    (App, ("_background_screens", "_display", "_handle_exception")),
    (Screen, ("_on_timer_update", "_push_result_callback", "_update_timer")),
    (Compositor, ("_render_chops",)),
)
"""Private methods and properties used here, by class."""
_INSTANCE_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "app",
        ("_batch_count", "_closing", "_driver", "_exception", "_exit", "_loop", "_resize_timer", "_size"),
    ),
    ("screen", ("_callbacks", "_compositor", "_dirty_widgets", "_layout_required", "_result_callbacks")),
    ("screen", ("_Screen__update_timer", "_closed", "_message_queue", "_running")),
)
"""Private attributes used here, of a running app and its screen."""


def missing_names(app: App[Any]) -> list[str]:
    """Private names that this module uses and that the installed Textual does not have.

    Args:
        app: A running app with a screen.
    """
    missing = [
        f"{owner.__name__}.{name}"
        for owner, names in _CLASS_NAMES
        for name in names
        if not hasattr(owner, name)
    ]
    for kind, names in _INSTANCE_NAMES:
        owner = app if kind == "app" else app.screen
        missing += [f"{kind}.{name}" for name in names if not hasattr(owner, name)]
    if not hasattr(textual_keys, "_character_to_key"):
        missing.append("keys._character_to_key")
    return missing


# -- the app ------------------------------------------------------------------------------------


def key_name(character: str) -> str:
    """Textual's name for the key of a character: ``space``, ``plus``, ``a``."""
    return textual_keys._character_to_key(character)


def is_leaving(app: App[Any]) -> bool:
    """True if the app has been asked to exit, is shutting down, or has failed."""
    return bool(app._exit or app._closing or app._exception is not None)


def is_closing(app: App[Any]) -> bool:
    """True if the app is shutting down."""
    return app._closing


def call_in_loop(app: App[Any], callback: Callable[[], object]) -> None:
    """Call a function in the event loop of an app. Nothing happens if the loop does not run."""
    if app._loop is not None and not app._loop.is_closed():
        app._loop.call_soon_threadsafe(callback)


def driver_of(app: App[Any]) -> object:
    """The driver of a running app; None before it runs."""
    return app._driver


def terminal_input_parser() -> XTermParser:
    """Turns the characters that a terminal sends into messages."""
    return XTermParser(debug=False)


def fail(app: App[Any], error: Exception) -> None:
    """End the app with an error, as if one of its own handlers had raised it."""
    app._handle_exception(error)


def has_size(app: App[Any]) -> bool:
    """True if the app has had its first size from the terminal."""
    return app._size is not None


def set_headless_size(app: App[Any], width: int, height: int) -> None:
    """Set the terminal size of the headless driver; a real driver finds the size itself."""
    driver = app._driver
    if driver is not None and driver.is_headless:
        driver._size = (width, height)


def write_to_terminal(app: App[Any], text: str) -> None:
    """Write text to the terminal directly, not through the screen; nothing happens without a terminal."""
    driver = app._driver
    if driver is not None and not driver.is_headless:
        driver.write(text)
        driver.flush()


def has_terminal(app: App[Any]) -> bool:
    """True if the app draws on a terminal."""
    return app._driver is not None and not app._driver.is_headless


def observe_display(app: App[Any], seen: Callable[[object], None]) -> None:
    """Call a function with each update that the app displays, before the app writes it."""
    display = app._display

    def observed(screen: Screen[Any], renderable: Any) -> None:
        seen(renderable)
        display(screen, renderable)

    setattr(app, "_display", observed)  # noqa: B010


def changed_lines(update: object) -> set[int] | None:
    """Screen lines that an update changes; None if it may change all."""
    return {y for y, _, _ in update.spans} if isinstance(update, ChopsUpdate) else None


def waits_for_time(app: App[Any]) -> bool:
    """True if the app delays updates until a batch or a pause between resizes ends."""
    return bool(app._batch_count or app._resize_timer is not None)


# -- screens ------------------------------------------------------------------------------------


def seen_screens(app: App[Any]) -> list[Screen[Any]]:
    """The visible screens: first the ones seen through the top screen, then the top screen."""
    return [*app._background_screens, app.screen]


def background_screens(app: App[Any]) -> list[Screen[Any]]:
    """The screens that are visible through the top screen."""
    return app._background_screens


def allow_switch(app: App[Any]) -> None:
    """Make the top screen one that ``switch_screen`` can replace.

    Textual removes a result callback when it replaces a screen, but the first screen of an app has none.
    """
    if not app.screen._result_callbacks:
        app.screen._push_result_callback(app.screen, None)


def update_now(screen: Screen[Any]) -> None:
    """Lay out and repaint a screen now, as its update timer would."""
    screen._on_timer_update()


def needs_update(screen: Screen[Any]) -> bool:
    """True if a screen has callbacks to call after a refresh, or a layout to do."""
    return bool(screen._callbacks or screen._layout_required)


def needs_repaint(screen: Screen[Any]) -> bool:
    """True if widgets of a screen wait to be repainted."""
    return bool(screen._dirty_widgets)


def stop_update_timer(screen: Screen[Any]) -> None:
    """Stop a screen's update timer, so that it repaints only in :func:`update_now`."""
    screen._update_timer.stop()


def restart_update_timer(screen: Screen[Any]) -> None:
    """Undo :func:`stop_update_timer`: Textual makes a timer for a screen that has none."""
    setattr(screen, "_Screen__update_timer", None)  # noqa: B010
    screen.check_idle()


def rendered_lines(
    app: App[Any], first: int, end: int, lines: frozenset[int]
) -> Iterator[tuple[int, list[Strip]]]:
    """Lines of the top screen, each with its strips from left to right, as Textual renders them for output.

    Args:
        app: The app.
        first: The first line of the region to render.
        end: The line after the last.
        lines: The lines to yield.
    """
    compositor = app.screen._compositor
    token = visible_screen_stack.set(app._background_screens)
    try:
        region = Region(0, first, compositor.size.width, end - first)
        chops = compositor._render_chops(region, lines.__contains__)
    finally:
        visible_screen_stack.reset(token)
    for y in sorted(lines):
        if y < len(chops):
            yield y, [strip for strip in chops[y].values() if strip is not None]


# -- messages -----------------------------------------------------------------------------------


def message_pumps(app: App[Any]) -> list[MessagePump]:
    """Everything with a message queue: the app, and the nodes of the visible screens."""
    screens = seen_screens(app)
    return [app, *(node for screen in screens for node in screen.walk_children(with_self=True))]


def can_handle(pump: MessagePump) -> bool:
    """True if a pump runs and will handle a message that is posted now."""
    return pump._running and not pump._closing


def have_ended(pumps: Iterable[MessagePump]) -> bool:
    """True if none of these pumps will handle another message."""
    return all(pump._closing or pump._closed for pump in pumps)


def queues_are_empty(app: App[Any]) -> bool:
    """True if no message waits in any queue."""
    return all(pump._message_queue.empty() for pump in message_pumps(app))
