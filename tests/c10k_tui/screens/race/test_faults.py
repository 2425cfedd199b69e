"""The mistakes to watch, on the real screen: the warning, its lane, its mark, its remedy, and the list."""

from __future__ import annotations

from itertools import cycle

import pytest
from textual.widgets import OptionList

from c10k_tui.app.headless import record, record_again
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import replay_of
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.screens.race.presets_box import PresetsScreen
from c10k_tui.text import glyphs
from sim.scenario.fault_presets import ALL_PRESETS, FAULT_PRESETS
from sim.scenario.faults import CURES, FAULTS
from sim.scenario.scenario import PRESETS, Scenario
from tests.support.paused_app import Stand, stand

WHERE = {
    "no-drain": ["epoll-et"],
    "no-rearm": ["epoll-oneshot"],
    "herd": ["epoll-exclusive"],
    "fd-setsize": ["select"],
    "dup": ["epoll"],
    "accept-one": ["epoll-et"],
    "slow-reader": ["thread", "epoll"],
    "backlog": ["select"],
}
"""The lanes of its preset in which each fault strikes."""
SIZES = [(80, 24), (120, 36), (200, 50)]


def said(it: Stand, lane: str) -> str:
    """A lane's words, without the line breaks."""
    return " ".join(it.text(f"#lane-{lane} .words").split())


def struck(it: Stand) -> list[str]:
    """The lanes whose frame has the style of an alarm."""
    lanes = it.session.scenario.lanes
    return [name for name in lanes if it.race_screen.query_one(f"#lane-{name}").has_class("-struck")]


@pytest.mark.parametrize(("name", "size"), zip(WHERE, cycle(SIZES), strict=False), ids=str)
async def test_within_seconds_the_warning_is_on_the_lane_that_makes_the_mistake(name, size):
    async with stand(FAULT_PRESETS[name][1], size=size) as it:
        await it.run(5)
        assert struck(it) == WHERE[name]
        for lane in WHERE[name]:
            words = said(it, lane)
            assert CURES[name] in words
            assert "…" not in words
            assert "(u" in words
        note = it.text("#note").splitlines()[0]
        assert (name if name != "fd-setsize" else "limit") in note or size[0] > 80
        assert WHERE[name][0] in note
        assert (glyphs.TIMES if name == "fd-setsize" else glyphs.STRUCK) in it.text("#time")


@pytest.mark.parametrize("name", ["no-rearm", "dup", "slow-reader"])
async def test_the_cell_of_the_descriptor_is_marked(name):
    async with stand(FAULT_PRESETS[name][1]) as it:
        await it.run(5)
        lane = WHERE[name][-1]
        assert it.race_screen.pointing.frame is not None
        view = next(view for view in it.race_screen.pointing.frame.lanes if view.name == lane)
        assert view.warning is not None
        assert view.warning.fd is not None
        grid = it.grid(lane)
        layout = grid.model.layout
        x, y = layout.place_of((view.warning.fd - view.first_fd) // layout.k)
        lines = [grid.render_line(row).text for row in range(grid.size.height)]
        assert lines[y][x] == glyphs.STRUCK
        assert "".join(lines).count(glyphs.STRUCK) == 1


async def test_the_feed_has_a_row_for_it_and_the_marker_s_keys_go_there():
    async with stand(FAULT_PRESETS["accept-one"][1]) as it:
        await it.run(3)
        marker = next(mark for mark in it.session.race.markers() if mark.kind == "struck")
        await it.press("left_curly_bracket")
        assert it.session.race.now_ns == marker.at_ns
        assert "! epoll-et: accept-one strikes, fd 3" in it.text("#feed")
        assert "struck at" in it.text("#note")
        await it.press("b")
        assert struck(it) == []


async def test_u_cures_it_shows_the_difference_and_makes_it_again():
    async with stand(FAULT_PRESETS["dup"][1]) as it:
        await it.run(3)
        assert struck(it) == ["epoll"]
        await it.press("u")
        assert it.session.scenario.fault == ""
        await it.run(3)
        assert struck(it) == []
        assert "dup cured" in it.text("#time")
        await it.press("u")
        assert it.session.scenario.fault == "dup"
        await it.run(4)
        assert struck(it) == ["epoll"]


async def test_u_lifts_the_limit_of_select_and_says_so_where_there_is_nothing_to_cure():
    async with stand(FAULT_PRESETS["fd-setsize"][1]) as it:
        await it.run(4)
        await it.press("u")
        assert (it.session.scenario.fd_setsize, struck(it)) == (False, [])
        await it.press("u")
        assert it.session.scenario.fd_setsize
    async with stand() as it:
        await it.press("u")
        assert "no fault here" in it.text("#head")


async def test_the_preset_of_a_cure_can_be_made_the_mistake():
    async with stand(FAULT_PRESETS["herd-cured"][1]) as it:
        await it.run(10)
        assert "more in vain" in it.text("#note")
        await it.press("u")
        assert it.session.scenario.fault == "herd"


async def test_a_mistake_that_no_lane_can_make_has_a_note():
    async with stand(Scenario(fds=500, fault="no-drain")) as it:
        await it.run(1)
        assert "no-drain is a mistake that epoll-et makes" in it.text("#note")


async def test_a_lane_that_cannot_be_with_the_fault_is_refused_in_one_line():
    async with stand(FAULT_PRESETS["slow-reader"][1]) as it:
        it.session.toggle_lane("iocp")
        await it.press("space")
        assert it.session.scenario.lanes == ("thread", "epoll")
        assert "iocp has none" in it.text("#head")


# --- the list ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_list_has_every_preset_with_what_it_is(size):
    async with stand(size=size) as it:
        await it.press("P")
        assert isinstance(it.app.screen, PresetsScreen)
        box = it.app.screen.query_one(OptionList)
        listed = [option.id for option in box.options if option.id is not None]
        assert listed == list(ALL_PRESETS)
        await it.press("home")
        first = it.text()
        await it.press("end")
        text = first + it.text()  # the list scrolls if the terminal is too low
        for name, (words, _) in ALL_PRESETS.items():
            assert f" {name} " in text
            assert all(word in text for word in words.split())
        assert text.index("Races") < text.index("first-b") < text.index("Mistakes") < text.index("no-drain")


@pytest.mark.parametrize("name", ["c10k", "c10k-1999", "fd-setsize", list(ALL_PRESETS)[-1]])
async def test_enter_starts_any_of_them(name):
    async with stand(Scenario(fds=500, seed=3)) as it:
        await it.press("P", *["down"] * list(ALL_PRESETS).index(name), "enter")
        now = it.session.scenario
        assert (str(now), now.seed) == (str(ALL_PRESETS[name][1]).replace("seed=7", "seed=3"), 3)
        assert it.race_screen is it.app.screen


async def test_the_mouse_starts_one_and_escape_none():
    async with stand() as it:
        before = it.session.races
        await it.press("P", "escape")
        assert it.session.races == before
        await it.press("P")
        row = next(y for y, line in enumerate(it.text().splitlines()) if " herd " in line)
        await it.pilot.click(offset=(40, row))
        await it.pilot.pause(0)
        assert it.session.scenario.fault == "herd"


async def test_after_a_fault_s_preset_p_goes_on_with_the_ordinary_ones():
    async with stand() as it:
        await it.press("P", *["down"] * (len(PRESETS) + 2), "enter", "p")
        assert it.session.scenario == PRESETS["c10k"][1]


def test_it_is_recorded_and_comes_out_the_same_again(tmp_path):
    downs = "; ".join(["down"] * len(PRESETS))
    script = parse_script(
        f"wait 200ms; P; wait 100ms; {downs}; enter; wait 4s; u; wait 300ms; u; wait 1s", 30
    )
    settings = RecordingSettings(start=RecordingStart(Scenario(fds=500)), width=100, height=30)
    first, second = tmp_path / "1.cast", tmp_path / "2.cast"
    record(first, settings, script)
    record_again(second, replay_of(read(first)))
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text()
    for marker in ("preset no-drain", "no-drain cured", "no-drain made"):
        assert f'"m","{marker}"' in text
    assert "read until EAGAIN" in text


def test_these_tests_cover_every_fault():
    assert set(FAULTS) | {"fd-setsize"} == set(WHERE)
