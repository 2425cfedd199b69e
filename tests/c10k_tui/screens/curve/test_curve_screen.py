"""The Curve screen, key by key, with the simulated kernel; measurements use the real kernel."""

import asyncio
import sys

import pytest

from c10k_tui.screens.curve.help_page import INTRODUCTION
from c10k_tui.screens.curve.keys import CURVE_BINDINGS
from c10k_tui.screens.curve.screen import CurveScreen
from c10k_tui.widgets.footer import key_of
from sim.host.measuring import meter
from sim.host.measuring.points import Point
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Scenario
from sim.scenario.units import format_duration
from sim.studies.benchmark import simulated_ns
from sim.studies.published_papers import PAPERS
from tests.support.paused_app import Stand, leads_back, stand

STEPS = 600


def curve_of(it: Stand) -> CurveScreen:
    screen = next(screen for screen in it.app.screen_stack if isinstance(screen, CurveScreen))
    assert screen is not None
    return screen


async def settled(it: Stand) -> CurveScreen:
    """The screen when everything on it has been computed."""
    screen = curve_of(it)
    for _ in range(STEPS):
        await it.pilot.pause(0)
        if not screen.model.missing() and not screen.model.break_even_missing():
            screen.draw()
            await it.pilot.pause(0)
            return screen
        workers = [worker for worker in it.app.workers if worker.group == "simulate"]
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
    raise AssertionError("it computes for ever")


async def points_measured(screen: CurveScreen, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait until the screen has taken this number of measured points."""
    model, arrived = screen.model, asyncio.Event()
    take = model.take

    def takes(rows):
        take(rows)
        arrived.set()

    monkeypatch.setattr(model, "take", takes)
    while len(model.measured) < number:
        arrived.clear()
        await asyncio.wait_for(arrived.wait(), 60)


@pytest.mark.parametrize("back", ["v", "escape"])
async def test_v_opens_it_and_leads_back_and_the_race_stands_still_meanwhile(back):
    async with stand(Scenario(fds=2_000)) as it:
        await it.run(0.5)
        await it.press("v")
        await settled(it)
        screen = it.text()
        assert "the race: 2,000 fds" in screen
        assert "costs: built-in" in screen
        assert "simulated line" in screen
        await leads_back(it, back)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_newcomer_sees_lines_names_and_one_sentence(size):
    async with stand(Scenario(), size) as it:
        await it.press("v")
        await settled(it)
        rows = it.text().split("\n")
        assert len(rows) == size[1]
        assert {len(row) for row in rows} == {size[0]}
        words = " ".join(" ".join(rows).split()).replace("\u00a0", " ")
        select, poll, epoll = (
            simulated_ns(Point(name, 10_000, 3, "slept"), BUILT_IN) for name in ("select", "poll", "epoll")
        )
        expected = f"select costs {select / epoll:.0f}× epoll, poll {poll / epoll:.0f}×"
        costs = f"({format_duration(select)} : {format_duration(epoll)})"
        assert f"At 10,000 fds, 3 active: {expected} {costs};" in words
        assert "descriptors watched →" in words
        assert "1,000,000" in words
        assert "Cost table built-in" in words
        for key in ("v race", "m measure", "p papers", "? help"):
            assert key in " ".join(rows[-1].split())


async def test_each_key_changes_what_is_shown():
    async with stand(Scenario(fds=2_000)) as it:
        await it.press("v")
        screen = await settled(it)
        model = screen.model
        await it.press("plus")
        assert "5,000 fds" in it.text()
        await it.press("minus", "minus")
        assert model.fds == 1_024
        await it.press("right_square_bracket")
        assert "10 active" in it.text()
        await it.press("left_square_bracket")
        assert "3 active" in it.text()
        await it.press("w")
        assert "finds them ready at once" in it.text()
        await it.press("x")
        await settled(it)
        assert "share of the descriptors that is active →" in it.text()
        assert "100 %" in it.text()
        await it.press("x", "w")
        assert "sleeps first and is woken" in it.text()


async def test_p_goes_through_the_papers_and_g_races_one():
    async with stand(Scenario(fds=2_000)) as it:
        await it.press("v", "g")
        assert "p chooses a paper first" in it.text()
        for paper in PAPERS:
            await it.press("p")
            await settled(it)
            assert f"published: {paper.title}" in it.text()
            assert "Theirs ÷ ours" in it.text()
        await it.press("m")
        assert "cannot be measured here" in it.text()
        await it.press("P", "g")
        assert it.app.screen is it.race_screen
        assert it.session.scenario == PAPERS[-2].scenario


async def test_t_changes_the_theme_and_question_mark_tells_every_key():
    async with stand() as it:
        await it.press("v", "t")
        assert it.app.theme == "c10k-light"
        await it.press("question_mark")
        page = it.app.screen.query_one("#help-text")
        words = " ".join(" ".join(page.render_line(y).text for y in range(page.size.height)).split())
        for binding in CURVE_BINDINGS:
            assert f"{key_of(binding)} {binding.description} {binding.tooltip}" in words
        for sentences in INTRODUCTION:
            assert sentences in words
        await it.press("escape")
        assert isinstance(it.app.screen, CurveScreen)


async def test_the_palette_offers_the_keys_of_the_screen_that_is_seen():
    async with stand() as it:
        await it.press("v")
        names = {command.title for command in it.app.get_system_commands(it.app.screen)}
        assert {binding.description for binding in CURVE_BINDINGS} <= names
        assert "New seed" not in names


async def test_q_leaves_with_the_scenario():
    async with stand(Scenario(fds=16)) as it:
        await it.press("v", "q")
        assert it.app.return_value == "n=16 active=3 seed=7 lanes=select|epoll"


async def test_e_writes_both_pictures_and_says_their_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with stand(Scenario(fds=2_000)) as it:
        await it.press("v")
        await settled(it)
        await it.press("e")
        assert "written: c10k-curve-3-active-slept.svg and c10k-curve-3-active-slept.png" in it.text()
        await it.press("e")
        assert "c10k-curve-3-active-slept-2.svg" in it.text()
        assert sorted(path.suffix for path in tmp_path.iterdir()) == [".png", ".png", ".svg", ".svg"]
        picture = (tmp_path / "c10k-curve-3-active-slept.svg").read_text(encoding="utf-8")
        assert "the race: 2,000 fds" in picture
        assert "cost table built-in" in picture


async def test_a_folder_that_cannot_be_written_gives_a_notice(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with stand() as it:
        await it.press("v")
        folder.rmdir()
        await it.press("e")
        assert "not written: No such file or directory" in it.text()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux' epoll")
async def test_m_measures_here_and_m_again_stops(monkeypatch):
    async with stand(Scenario(fds=100)) as it:
        await it.press("v")
        screen = await settled(it)
        await it.press("m")
        assert "measuring on this machine's kernel: " in it.text()
        await points_measured(screen, 3, monkeypatch)
        await it.press("m")
        assert "measuring stopped" in it.text()
        rows = list(screen.model.measured.values())
        assert len(rows) >= 3
        assert all(row.measured_ns for row in rows)
        assert "measured on this machine" in it.text()
        await asyncio.gather(*(worker.wait() for worker in it.app.workers), return_exceptions=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux' epoll")
async def test_measured_points_are_kept_after_leaving_during_a_measurement(monkeypatch):
    async with stand(Scenario(fds=100)) as it:
        await it.press("v")
        screen = await settled(it)
        await it.press("m")
        await points_measured(screen, 1, monkeypatch)
        workers = [worker for worker in it.app.workers if worker.group == "measure"]
        await it.press("v", "v")
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
        assert all(worker.is_finished for worker in workers)
        assert curve_of(it) is not screen
        assert curve_of(it).model.measured
        assert "measured on this machine" in it.text()
        assert "measuring on" not in it.text()


async def test_where_nothing_can_be_measured_the_screen_says_why(monkeypatch):
    monkeypatch.setattr(meter, "why_no_host", lambda: "Plan 9 is not Linux: it has no epoll")
    async with stand(Scenario(fds=100)) as it:
        await it.press("v")
        await settled(it)
        await it.press("m")
        workers = [worker for worker in it.app.workers if worker.group == "measure"]
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
        for _ in range(STEPS):
            await it.pilot.pause(0)
            if "simulated only: Plan 9" in it.text():
                break
        assert "simulated only: Plan 9 is not Linux" in it.text()
        assert curve_of(it)._measuring is None


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5), (1, 1)])
async def test_a_terminal_that_is_too_small_gets_a_message_and_recovers(size):
    async with stand(size=size) as it:
        await it.press("v")
        if size[0] >= 79:
            assert "the curve needs 80×24" in it.text()
        await it.pilot.resize_terminal(120, 36)
        await settled(it)
        assert "descriptors watched" in it.text()


async def test_both_screens_name_the_cost_table_and_a_bad_table_gives_a_notice():
    from dataclasses import replace

    from c10k_tui.app.pictures import HandClock
    from c10k_tui.app.race_app import C10KApp

    costs = replace(BUILT_IN, name="calibrated", machine="a machine", date="2026-01-02", scan_ps=68_000)
    for size in ((80, 24), (140, 36)):
        app = C10KApp(Scenario(), clock=HandClock(), costs=costs, own_costs_problem="the file is broken")
        async with app.run_test(size=size) as pilot:
            it = Stand(app, pilot, HandClock())
            await pilot.pause()
            assert "costs: calibrated" in it.text()
            assert "the built-in costs are used" in it.text()
            assert app.session.race.costs is costs
            await it.press("v")
            await settled(it)
            assert "costs: calibrated on a machine, 2026-01-02" in it.text()
            assert "Not your own cost table: the file is broken." in it.text()
