"""Keys that come in one read are handled one after the other, as if typed slowly."""

import pytest
from textual.events import Key, Resize
from textual.geometry import Size

from c10k_tui.app.command_palette import C10KCommandPalette
from c10k_tui.app.terminal_input import TerminalInput
from c10k_tui.screens.race.presets_box import PresetsScreen
from c10k_tui.screens.race.screen import RaceScreen
from sim.scenario.scenario import Scenario
from tests.support.paused_app import key_event, stand

PALETTE, ESCAPE, F4 = "\x10", "\x1b[27u", "\x1bOS"


async def read(it, text):
    """Type some keys, all of them in one read, and wait until they are handled."""
    for message in list(TerminalInput().feed(text.encode())):
        it.app.post_message(message)
    await it.settle()
    await it.pilot.pause()


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("??", ["RaceScreen"]),
        ("P\r\r", ["RaceScreen"]),
        (f"L{ESCAPE}{ESCAPE}", ["RaceScreen"]),
        ("n\r\r", ["RaceScreen"]),
        ("f\r\r", ["RaceScreen"]),
        ("v??", ["RaceScreen", "CurveScreen"]),
        ("w?", ["RaceScreen", "ComparisonScreen", "HelpScreen"]),
        (PALETTE * 2, ["RaceScreen", "C10KCommandPalette"]),
        (f"{PALETTE}{ESCAPE}{ESCAPE}m", ["RaceScreen", "CapacityScreen"]),
    ],
)
async def test_a_box_gets_the_keys_that_follow_the_one_that_opened_it(keys, names):
    async with stand(Scenario(fds=16), paused=True) as it:
        await read(it, keys)
        assert [type(screen).__name__ for screen in it.app.screen_stack] == names


async def test_a_number_typed_in_one_read_is_taken():
    async with stand(Scenario(fds=16), paused=True) as it:
        await read(it, "n500\r")
        assert it.session.scenario.fds == 500
        assert it.app.screen is it.race_screen


async def test_a_box_is_left_only_once_whatever_leaves_it():
    async with stand(Scenario(fds=16), paused=True) as it:
        for key in ("?", "P", "L", "n", "ctrl+p", "v", "w", "m"):
            await it.press(key)
            screen = it.app.screen
            assert not isinstance(screen, RaceScreen)
            for _ in range(3):
                screen.dismiss(None)
            await it.settle()
            assert it.app.screen is it.race_screen


@pytest.mark.parametrize("size", [(10, 3), (0, 0)])
async def test_a_list_without_room_has_no_pages(size):
    for opening, kind in ((["P"], PresetsScreen), (["ctrl+p"], C10KCommandPalette)):
        async with stand(Scenario(fds=16), paused=True) as it:
            await it.press(*opening)
            it.app.post_message(Resize(Size(*size), Size(*size)))
            await it.press("pagedown", "pageup", "end", "home", "down", "up", "pagedown")
            assert isinstance(it.app.screen, kind)


async def test_all_themes_are_found_in_the_palette_without_an_emoji():
    async with stand(Scenario(fds=16), paused=True) as it:
        it.app.search_themes()
        await it.settle()
        assert isinstance(it.app.screen, C10KCommandPalette)


async def test_the_key_that_leaves_waits_for_nothing():
    async with stand(Scenario(fds=16), paused=True) as it:
        assert not it.app.typed_ahead.keeps(key_event("n"))
        assert it.app.typed_ahead.keeps(key_event("5"))
        assert not it.app.typed_ahead.keeps(key_event("ctrl+q"))


@pytest.mark.parametrize(
    "odd", [b"\xff\xfe", b"\x1b[48;0;0;0;0t\x1b[<0;1;1M", b"\x1b[99;99~", b"\x1b[<0;0;0M", b"\x00"]
)
def test_odd_input_is_dropped_and_the_next_key_is_read(odd):
    terminal = TerminalInput()
    list(terminal.feed(odd))
    (key,) = terminal.feed(b"a")
    assert isinstance(key, Key)
    assert key.key == "a"


async def test_a_report_of_no_size_changes_nothing_also_while_recording(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with stand(Scenario(fds=16), paused=True) as it:
        await read(it, "\x1b[48;0;0;0;0tr")
        await it.until(lambda: it.app.recording.stepping)
        await read(it, "\x1b[48;0;0;0;0tM")
        await it.run(0.2)
        assert it.app.size == (120, 36)
        await read(it, "r")
        await it.until(lambda: not it.app.recording.stepping)
        assert it.app.recording.failure is None
