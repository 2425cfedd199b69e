"""The terminal shows Textual's picture, cell by cell, as an independent emulator reads the bytes."""

import asyncio
import random

import pytest
from rich.color import ColorSystem
from textual import events

from c10k_tui import textual_internals
from c10k_tui.app.wire import encoder
from c10k_tui.app.wire.screen_output import ScreenOutput
from c10k_tui.recording.live.capture import ScreenCapture
from c10k_tui.recording.pictures.styled_cells import BLANK, CellStyle, StyledCell, cell
from sim.scenario.scenario import Scenario
from tests.support.paused_app import CostlyClock, stand
from tests.support.pyte_terminal import Emulated, as_seen

KEYS = [
    *("+", "-", ".", ",", "space", "s", "b", "L", "P", "n", "question_mark", "t", "v", "w", "escape", "down"),
    *("right", "enter", "tab", "3", "d", "z", "4"),
]
SIZES = [(120, 36), (80, 24), (100, 30)]
COLOURS = [0xFFAF00, 0x121212, 0x5FAFFF]


def _visible(rows):
    """Of a blank only the background can be seen, unless it has a line."""
    return [[seen if seen[0] != " " or any(seen[5:]) else (" ", seen[2]) for seen in row] for row in rows]


async def _settle(app):
    """Wait until all that has changed is displayed."""
    for _ in range(200):
        await asyncio.sleep(0)
        for screen in textual_internals.seen_screens(app):
            textual_internals.update_now(screen)
        busy = any(
            textual_internals.needs_update(screen) or textual_internals.needs_repaint(screen)
            for screen in textual_internals.seen_screens(app)
        )
        if not busy and textual_internals.queues_are_empty(app):
            return


@pytest.mark.parametrize("seed", range(2))
async def test_the_terminal_shows_the_picture_after_any_keys_and_sizes(seed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dice = random.Random(seed)
    async with stand(Scenario(), speed=30, clock=CostlyClock()) as it:
        terminal = Emulated(120, 36)
        output = ScreenOutput(it.app, terminal.write, None)
        output._system = ColorSystem.TRUECOLOR
        textual_internals.observe_display(it.app, output.displayed)
        it.app.refresh()
        for step in range(30):
            if step % 10 == 9:
                size = dice.choice(SIZES)
                terminal.resize(*size)
                await it.pilot.resize_terminal(*size)
            elif step % 3:
                await it.run(0.1)
            else:
                key = dice.choice(KEYS)
                it.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await _settle(it.app)
            wanted = ScreenCapture(it.app).picture()
            assert _visible(terminal.rows) == _visible(as_seen(wanted)), f"step {step}"


def test_a_noisy_grid_stays_below_20_kb():
    """Two lanes of 58 by 18 half blocks, every cell of two random colours of seven, all of them changed."""
    dice = random.Random(1)
    colours = [0x303030 + 0x111111 * number + number for number in range(7)]
    styles = [CellStyle(top, bottom) for top in colours for bottom in colours]
    before = [(BLANK,) * 120] * 36
    after = [
        tuple(cell("▀", dice.choice(styles)) if y < 18 and x < 116 else BLANK for x in range(120))
        for y in range(36)
    ]
    text = encoder.changes(before, after)
    terminal = Emulated(120, 36)
    terminal.write(encoder.changes([None] * 36, before) + text)
    assert len(text.encode()) < 20_000
    assert _visible(terminal.rows)[0][0][1:3] == (
        f"{after[0][0].style.foreground:06x}",
        f"{after[0][0].style.background:06x}",
    )


@pytest.mark.parametrize("seed", range(20))
def test_any_two_pictures(seed):
    dice = random.Random(seed)
    styles = [CellStyle(fg, bg, underline=dice.random() < 0.1) for fg in COLOURS for bg in COLOURS]

    def row():
        cells: list[StyledCell] = []
        while len(cells) < 30:
            style = dice.choice(styles)
            if dice.random() < 0.1 and len(cells) < 29:
                cells += [cell("한", style), cell("", style)]
            else:
                cells.append(cell(dice.choice("ab  ▀"), style))
        return tuple(cells)

    def picture():
        return [row() for _ in range(8)]

    before, terminal = [None] * 8, Emulated(30, 8)
    after = picture()
    for _ in range(4):
        terminal.write(encoder.changes(before, after))
        shown = [[(c.glyph, c.style.foreground, c.style.background) for c in line] for line in after]
        seen = [[(s[0], int(s[1], 16), int(s[2], 16)) for s in line] for line in terminal.rows]
        blank = lambda c: c if c[0] != " " else (" ", c[2])  # noqa: E731
        assert [[blank(c) for c in line] for line in seen] == [[blank(c) for c in line] for line in shown]
        before = after
        after = [dice.choice((old, row())) for old in before]
    assert encoder.changes(after, after) == ""
