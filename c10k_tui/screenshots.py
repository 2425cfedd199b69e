"""Pictures of the screens: the same files from the same version, always.

``python -m c10k_tui.screenshots [DIR]`` draws the race screen at two sizes and in two themes, and the
Curve screen with its simulated lines and with a paper's points over them. The clock
is set by hand and the race is deterministic, so nothing in a picture depends on the machine.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Coroutine
from pathlib import Path

from c10k_tui.app import C10KApp
from c10k_tui.screens.curve import CurveScreen
from c10k_tui.screens.race import FRAMES_PER_S, RaceScreen
from sim.scenario import Scenario

SIZES = ((120, 36), (80, 24))
THEMES = ("c10k-dark", "c10k-light")
SHOWN_AFTER_S = 9.45
"""Wall seconds of the race before the picture is taken: a scan is half-way, the curve has some past."""


class HandClock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def picture(width: int, height: int, theme: str, seconds: float = SHOWN_AFTER_S) -> str:
    """The screen after some seconds of racing, as SVG."""
    clock = HandClock()
    app = C10KApp(Scenario(), clock=clock)
    app.theme = theme
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.pause(0)
        screen = app.screen
        assert isinstance(screen, RaceScreen)
        screen.tick()  # Time counts from here, whenever the app's own timer came first.
        for _ in range(round(seconds * FRAMES_PER_S)):
            clock.now_s += 1 / FRAMES_PER_S
            screen.tick()
        screen.draw()
        await pilot.pause(0)
        return portable(app.export_screenshot(title="c10k-tui"))


async def curve_picture(width: int, height: int, theme: str, *keys: str) -> str:
    """The Curve screen with all its lines, after some keys, as SVG."""
    app = C10KApp(Scenario(), clock=HandClock(), paused=True)
    app.theme = theme
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.press("v", *keys)
        screen = app.screen
        assert isinstance(screen, CurveScreen)
        while screen.model.missing() or screen.model.break_even_missing():
            await pilot.pause(0.05)
        screen.draw()
        await pilot.pause(0)
        return portable(app.export_screenshot(title="c10k-tui"))


def portable(svg: str) -> str:
    """The SVG made to look the same everywhere.

    Ids are random numbers and the fonts come from elsewhere; blanks at the ends of a run of text
    are dropped by some programs unless they are told to keep them; and braille often comes from
    another font with other widths, so each of its glyphs gets a place of its own.
    """
    svg = _BRAILLE_RUN.sub(_one_by_one, svg)
    svg = re.sub(r"terminal-\d+-", "c10k-", svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace(
        "font-family: Fira Code, monospace;", "font-family: Fira Code, DejaVu Sans Mono, monospace;"
    )
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


_BRAILLE_RUN = re.compile(
    r'<text class="([^"]*)" x="([^"]*)" y="([^"]*)" textLength="([^"]*)" ([^>]*)>'
    r"([^<]*[\u2801-\u28ff][^<]*)</text>"
)


def _one_by_one(match: re.Match[str]) -> str:
    """A run of text as one element for each glyph."""
    look, x, y, length, rest, text = match.groups()
    glyphs = text.replace("&#160;", " ")
    step = float(length) / len(glyphs)
    return "".join(
        f'<text class="{look}" x="{float(x) + index * step:.1f}" y="{y}" {rest}>{glyph}</text>'
        for index, glyph in enumerate(glyphs)
        if glyph != " "
    )


def main(folder: str = "screenshots") -> None:
    """Draw all pictures into a folder."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Coroutine[object, object, str]] = {
        f"race-{width}x{height}-{theme.removeprefix('c10k-')}": picture(width, height, theme)
        for width, height in SIZES
        for theme in THEMES
    }
    for name, keys in (("curve", ()), ("curve-kerrisk", ("p",))):
        pictures[f"{name}-120x36-dark"] = curve_picture(120, 36, "c10k-dark", *keys)
    for name, drawn in pictures.items():
        path = target / f"{name}.svg"
        path.write_text(asyncio.run(_whole(drawn)), encoding="utf-8")
        print(path)


async def _whole(drawn: Coroutine[object, object, str]) -> str:
    return await drawn


if __name__ == "__main__":
    main(*sys.argv[1:2])
