"""The comparison screen, key by key, with the simulated kernel; measurements use the real kernel."""

import asyncio
import sys

import pytest

from c10k_tui.screens.comparison.help_page import INTRODUCTION
from c10k_tui.screens.comparison.keys import COMPARISON_BINDINGS
from c10k_tui.screens.comparison.screen import ComparisonScreen
from c10k_tui.text.comparison_columns import COLUMNS
from c10k_tui.widgets.footer import key_of
from sim.host.measuring import meter
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies.comparison import trial_result
from tests.support.paused_app import leads_back, stand
from tests.support.table_screens import screen_of, settled

LANE_NAMES = tuple(LANES)

SMALL = Scenario(fds=256, active=16, rate=20_000)
STEPS = 600
needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux' epoll")


@pytest.mark.parametrize("back", ["w", "escape"])
async def test_w_opens_it_and_leads_back_and_the_race_stands_still_meanwhile(back):
    async with stand(SMALL) as it:
        await it.run(0.5)
        await it.press("w")
        stopped_ns = it.session.race.now_ns
        await settled(it)
        assert it.session.race.now_ns == stopped_ns
        await leads_back(it, back)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_newcomer_sees_every_lane_every_figure_and_who_keeps_the_list(size):
    async with stand(SMALL, size) as it:
        await it.press("w")
        await settled(it)
        rows = it.text().split("\n")
        assert len(rows) == size[1]
        assert {len(row) for row in rows} == {size[0]}
        for lane in LANE_NAMES:
            row = next(row for row in rows if row[1:].lstrip("● ").startswith(f"{lane} "))
            facts = trial_result(lane, SMALL)
            for column in COLUMNS:
                assert column.cell(facts) in row
        words = " ".join(" ".join(rows).split())
        assert LANES["select"].keeper in words
        assert "256 fds · 16 active · 20k req/s" in words
        assert "costs: built-in" in words
        for key in ("w race", "h measure", "s sort", "? help"):
            assert key in " ".join(rows[-1].split())


async def test_rows_fill_in_frame_by_frame():
    async with stand(SMALL) as it:
        await it.press("w")
        known = []
        while screen_of(it).model.missing():
            it.race_screen.tick()
            known.append(len(screen_of(it).model.known()))
        assert len(set(known)) > 3
        assert known == sorted(known)


async def test_each_key_changes_what_is_shown_and_the_race_keeps_its_own():
    async with stand(SMALL) as it:
        await it.press("w")
        await settled(it)
        await it.press("plus")
        assert "1,000 fds" in it.text()
        assert "lanes known" in it.text()
        await it.press("minus", "right_square_bracket", "apostrophe")
        model = (await settled(it)).model
        assert model.scenario.rate == 50_000
        assert model.scenario.active_count > 16
        await it.press("semicolon", "left_square_bracket")
        await it.press("down", "down", "right")
        assert model.lane == LANE_NAMES[LANE_NAMES.index("select") + 2]
        assert "[examined]" in it.text() or "[scans]" in it.text()
        assert "descriptors whose state the kernel looked up" in it.text()
        await settled(it)
        await it.press("s")
        values = [facts.examined_per_event for _, facts in model.rows()]
        assert values == sorted(values)
        await it.press("w")
        assert it.session.scenario == SMALL


async def test_what_was_found_is_still_known_when_one_comes_back():
    async with stand(SMALL) as it:
        await it.press("w")
        await settled(it)
        await it.press("w", "w")
        assert screen_of(it).model.missing() == []


async def test_g_races_the_scenario_of_the_table():
    async with stand(SMALL) as it:
        await it.press("w", "plus", "g")
        assert it.app.screen is it.race_screen
        assert it.session.scenario.fds == 1_000
        assert it.session.race.now_ns == 0
        await it.run(0.3)
        assert it.session.race.now_ns > 0


async def test_help_tells_every_key_and_every_column():
    async with stand(SMALL) as it:
        await it.press("w", "t")
        assert it.app.theme == "c10k-light"
        await it.press("question_mark")
        page = it.app.screen.query_one("#help-text")
        words = " ".join(" ".join(page.render_line(y).text for y in range(page.size.height)).split())
        for binding in COMPARISON_BINDINGS:
            assert f"{key_of(binding)} {binding.description} {binding.tooltip}" in words
        for sentences in INTRODUCTION:
            assert " ".join(sentences.split()) in words
        for column in COLUMNS:
            assert column.meaning in words
        await it.press("escape")
        names = {command.title for command in it.app.get_system_commands(it.app.screen)}
        assert isinstance(it.app.screen, ComparisonScreen)
        assert {binding.description for binding in COMPARISON_BINDINGS} <= names


async def test_q_leaves_with_the_scenario():
    async with stand(SMALL) as it:
        await it.press("w", "q")
        assert it.app.return_value == "n=256 active=16 seed=7 lanes=select|epoll"


@needs_linux
async def test_h_measures_here_beside_the_simulated_figures_and_h_again_hides_them():
    async with stand(SMALL) as it:
        await it.press("w")
        screen = await settled(it)
        await it.press("h")
        assert "measuring on this machine's kernel" in it.text()
        workers = [worker for worker in it.app.workers if worker.group == "measure"]
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
        for _ in range(STEPS):
            await it.pilot.pause(0)
            if len(screen.model.host_comparisons) == len(LANE_NAMES) and not screen._table.measuring:
                break
        measured = {
            lane for lane, comparison in screen.model.host_comparisons.items() if comparison.measured_ns
        }
        assert (
            {"process", "thread", "select", "poll", "epoll"}
            <= measured
            <= {name for name, kind in LANES.items() if kind.unmeasured is None}
        )
        screen.draw()
        await it.pilot.pause(0)
        assert "not here" in it.text()
        assert "measured here:" in it.text()
        await it.press("h")
        assert "not here" not in it.text()
        await asyncio.gather(*(worker.wait() for worker in it.app.workers), return_exceptions=True)


@needs_linux
async def test_h_in_the_middle_of_it_stops():
    async with stand(SMALL) as it:
        await it.press("w")
        screen = await settled(it)
        await it.press("h")
        workers = [worker for worker in it.app.workers if worker.group == "measure"]
        await it.press("h")
        assert "measuring stopped" in it.text()
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
        assert len(screen.model.host_comparisons) < len(LANE_NAMES)


async def test_where_nothing_can_be_measured_the_screen_says_why(monkeypatch):
    monkeypatch.setattr(meter, "why_no_host", lambda: "Plan 9 is not Linux: it has no epoll")
    async with stand(SMALL) as it:
        await it.press("w", "h")
        workers = [worker for worker in it.app.workers if worker.group == "measure"]
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
        for _ in range(STEPS):
            await it.pilot.pause(0)
            if "simulated only: Plan 9" in it.text():
                break
        assert "simulated only: Plan 9 is not Linux" in it.text()
        assert not screen_of(it).model.shows_measured


@pytest.mark.parametrize("key", ["w", "m"])
@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5), (1, 1)])
async def test_a_terminal_that_is_too_small_gets_a_message_and_recovers(size, key):
    async with stand(SMALL, size=size) as it:
        await it.press(key)
        if size[0] >= 79:
            assert "needs 80×24" in it.text()
        await it.pilot.resize_terminal(120, 36)
        await it.pilot.pause(0)
        it.race_screen.tick()
        await it.pilot.pause(0)
        assert "io_uring-sqpoll" in it.text()
