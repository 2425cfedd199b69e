"""The look of the Loop screen. After a wanted change: pytest --snapshot-update with this file.

No page with lines of the standard library is in these pictures: their numbers are the interpreter's.
"""

from pathlib import Path

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.watch_app import WatchApp
from sim.scripts.script import Script
from sim.scripts.script_output import ScriptOutput
from tests.support.rendered_lines import colours, drawn_lines, lines

# A script that does not run to its end leaves its streams open.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

EXAMPLES = Path(__file__).parents[4] / "examples"
LOOKS = [((120, 36), "c10k-dark"), ((80, 24), "c10k-light"), ((80, 24), "c10k-ansi")]
"""Sizes and themes of the pictures; the text is the same in every theme."""


def still(name: str, theme: str) -> WatchApp:
    script = Script(EXAMPLES / f"{name}.py", output=ScriptOutput())
    app = WatchApp(script, paused=True, clock=HandClock(), with_timer=False)
    app.loop_model.patience_s = 30.0
    app.theme = theme
    return app


def shown(turns: int, *keys: str):
    """Step a number of turns, press keys, and wait until the notices are gone."""

    async def run_before(pilot):
        await pilot.pause(0)
        for _ in range(turns):
            pilot.app.screen.action_step_turn()
        for key in keys:
            await pilot.press(key)
        pilot.app._clock.now_s += 10
        pilot.app.screen.draw()
        await pilot.pause(0)

    return run_before


@pytest.mark.parametrize(
    ("size", "theme"), LOOKS, ids=lambda look: look if isinstance(look, str) else f"{look[0]}x{look[1]}"
)
def test_a_packet_on_its_way(snap_compare, size, theme):
    """The data is in the buffer, its descriptor on the ready list, and its reader in the queue."""
    assert snap_compare(still("echo", theme), terminal_size=size, run_before=shown(13, "s", "tab"))


CULPRIT = ("s", "s", "s", "c")
"""Keys that lead to the task that held up the loop."""


def test_who_held_up_the_loop(snap_compare):
    app = still("blocking", "c10k-dark")
    assert snap_compare(app, terminal_size=(120, 36), run_before=shown(8, *CULPRIT))


@pytest.mark.parametrize(
    ("name", "size", "turns", "keys"),
    [
        ("echo", (120, 36), 13, ("s", "tab")),
        ("echo", (80, 24), 13, ("s", "tab")),
        ("blocking", (80, 24), 8, CULPRIT),
        ("backpressure", (200, 50), 40, ("tab",)),
    ],
    ids=str,
)
async def test_the_lines_are_the_same_in_every_theme(snapshot, name, size, turns, keys):
    app = still(name, "c10k-dark")
    assert await drawn_lines(app, size, run_before=shown(turns, *keys)) == snapshot


def test_no_color(snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = still("blocking", "c10k-dark")
    assert snap_compare(app, terminal_size=(80, 24), run_before=shown(8, *CULPRIT))


async def test_no_color_leaves_none_of_the_terminals_own_colours(snapshot, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = still("blocking", "c10k-ansi")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(8, *CULPRIT)(pilot)
        assert colours(app) <= {"default"}
        assert lines(app) == snapshot
