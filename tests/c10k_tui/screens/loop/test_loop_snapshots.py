"""The look of the Loop screen. After a wanted change: pytest --snapshot-update with this file.

No page with lines of the standard library is in these pictures: their numbers are the interpreter's.
"""

from pathlib import Path

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.watch_app import WatchApp
from sim.scripts.script import Script
from sim.scripts.script_output import ScriptOutput

EXAMPLES = Path(__file__).parents[4] / "examples"
SIZES = [(120, 36), (80, 24)]


def still(name: str, theme: str) -> WatchApp:
    script = Script(EXAMPLES / f"{name}.py", output=ScriptOutput())
    app = WatchApp(script, paused=True, clock=HandClock(), with_timer=False)
    app.loop_model.patience_s = 30.0
    app.theme = theme
    return app


def shown(turns: int, *keys: str):
    """Step so many turns, press keys, and let the notices go."""

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


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-light", "c10k-ansi"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_packet_on_its_way(snap_compare, size, theme):
    """It lies in the buffer, its descriptor is on the ready list, its reader in the queue."""
    assert snap_compare(still("echo", theme), terminal_size=size, run_before=shown(13, "s", "tab"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_who_held_up_the_loop(snap_compare, size):
    keys = ("s", "s", "s", "c")
    assert snap_compare(still("blocking", "c10k-dark"), terminal_size=size, run_before=shown(8, *keys))


def test_on_a_large_terminal(snap_compare):
    assert snap_compare(
        still("backpressure", "c10k-dark"), terminal_size=(200, 50), run_before=shown(40, "tab")
    )


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-ansi"])
def test_no_color(snap_compare, monkeypatch, theme):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(
        still("blocking", theme), terminal_size=(80, 24), run_before=shown(8, "s", "s", "s", "c")
    )
