"""A screen as the lines of text that it draws, and as the colours in them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

THEMES = ("c10k-dark", "c10k-light", "c10k-ansi")
FILLED = ("c10k-dark", "c10k-light")
"""The themes in which the cells of a grid are filled; in sixteen colours they are glyphs."""


def lines(app: App[Any]) -> str:
    """The text on the screen, line by line, without the blanks at the ends of the lines."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def colours(app: App[Any]) -> set[str]:
    """The names of all colours on the screen, of the text and behind it."""
    styles = [segment.style for strip in app.screen._compositor.render_strips() for segment in strip]
    drawn = [colour for style in styles if style for colour in (style.color, style.bgcolor)]
    return {colour.name for colour in drawn if colour is not None}


async def drawn_lines(
    app: App[Any],
    size: tuple[int, int],
    press: Iterable[str] = (),
    run_before: Callable[[Pilot[Any]], Awaitable[None]] | None = None,
    themes: Iterable[str] = THEMES,
) -> str:
    """The lines of an app after some keys. Checks that all these themes draw the same lines."""
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0)
        await pilot.press(*press)
        if run_before is not None:
            await run_before(pilot)
        await pilot.pause(0)
        first = lines(app)
        for theme in themes:
            app.theme = theme
            await pilot.pause(0)
            await pilot.pause(0)
            assert lines(app) == first, theme
        return first
