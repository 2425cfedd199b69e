"""The Path screen, key by key, with the simulated kernels."""

from __future__ import annotations

import pytest

from c10k_tui.app.headless import record, record_again
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import replay_of
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.screens.path.help_page import INTRODUCTION
from c10k_tui.screens.path.keys import PATH_BINDINGS
from c10k_tui.screens.path.model import STEP_S
from c10k_tui.screens.path.screen import PathScreen
from c10k_tui.widgets.footer import key_of
from sim.scenario.scenario import Scenario
from tests.support.paused_app import Stand, leads_back, stand

RACED = Scenario(fds=2_000, rate=2_000)


def path_of(it: Stand) -> PathScreen:
    screen = it.app.screen
    assert isinstance(screen, PathScreen)
    return screen


@pytest.mark.parametrize("back", ["g", "escape"])
async def test_g_opens_it_and_leads_back_and_the_race_stands_still_meanwhile(back):
    async with stand(RACED) as it:
        await it.run(4)
        await it.press("g")
        path_of(it)
        await leads_back(it, back)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_newcomer_sees_the_packet_the_stages_both_sides_and_the_totals(size):
    async with stand(RACED, size) as it:
        await it.run(4)
        await it.press("g")
        rows = it.text().split("\n")
        assert len(rows) == size[1]
        assert {len(row) for row in rows} == {size[0]}
        text = " ".join(" ".join(rows).split())
        path = path_of(it).model.path
        assert f"fd {path.epoll.fd} · 64 B" in text
        assert "simulated" in text
        for words in ("epoll, asyncio above it", "select", "On the wire", "so far", "step 1 of 16", "await"):
            assert words in text
        for key in ("g race", "a autoplay", "? help", "q quit"):
            assert key in " ".join(rows[-1].split())


async def test_keys_go_forth_and_back_and_to_both_ends():
    async with stand(RACED) as it:
        await it.run(4)
        await it.press("g")
        model = path_of(it).model
        await it.press("right", "n", "space")
        assert model.at == 3
        assert "Softirq" in it.text()
        await it.press("left", "b")
        assert model.at == 1
        await it.press("end")
        assert model.over
        assert "The line after await" in it.text()
        assert "sooner with" in it.text()
        await it.press("home")
        assert model.at == 0


async def test_autoplay_follows_the_apps_clock():
    async with stand(RACED) as it:
        await it.run(4)
        await it.press("g", "a")
        model = path_of(it).model
        assert "a step every 4 s" in it.text()
        await it.run(STEP_S + 0.1)
        assert model.at == 1
        await it.press("full_stop")
        assert "a step every 2 s" in it.text()
        await it.run(2.1)
        assert model.at == 2
        await it.press("a")
        await it.run(5)
        assert model.at == 2
        await it.press("comma", "a", "escape")
        assert it.app.screen is it.race_screen


async def test_the_feeds_chosen_row_is_followed():
    async with stand(RACED, paused=False) as it:
        await it.run(6)
        await it.press("space")
        it.feed.focus()
        await it.press("up", "up")
        row = it.feed.chosen
        assert row is not None
        await it.press("g")
        path = path_of(it).model.path
        assert (path.packet.at_ns, path.packet.serial) == (row.time_ns, row.serial)
        assert path.epoll.fd == row.fd


async def test_the_cell_under_the_cursor_gives_its_last_packet_or_its_next_one():
    async with stand(Scenario(fds=16, active=3, rate=2_000), paused=False) as it:
        await it.run(6)
        await it.press("space")
        rows = it.feed.model.rows()
        first_fd = it.first_fd
        slot = rows[-2].fd - first_fd
        it.race_screen.draw()
        it.race_screen.pointing.point_at((slot, slot))
        await it.press("g")
        path = path_of(it).model.path
        assert path.epoll.fd == rows[-2].fd
        assert path.packet.at_ns == max(row.time_ns for row in rows if row.fd == rows[-2].fd)
        await it.press("escape")
        quiet = next(slot for slot in range(16) if slot + first_fd not in {row.fd for row in rows})
        it.race_screen.draw()
        it.race_screen.pointing.point_at((quiet, quiet))
        await it.press("g")
        assert it.app.screen is it.race_screen
        assert "no packet for this cell" in it.text()


async def test_a_cell_whose_packet_is_still_to_come_gets_that_one():
    async with stand(Scenario(fds=16, active=3, rate=2_000), paused=True) as it:
        race = it.session.race
        slot = int(race.workload.active[0])
        it.race_screen.draw()
        it.race_screen.pointing.point_at((slot, slot))
        await it.press("g")
        path = path_of(it).model.path
        assert path.packet.at_ns > race.now_ns
        assert path.epoll.fd == it.first_fd + slot


async def test_before_the_first_packet_one_line_says_what_to_do():
    async with stand(Scenario(fds=2_000, rate=0), paused=True) as it:
        await it.press("g")
        assert it.app.screen is it.race_screen
        assert "no packet yet: let the race go on or raise the rate" in it.text()


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(fds=2_000, rate=2_000, lanes=("poll",)),
        Scenario(fds=2_000, rate=2_000, fd_setsize=True),
        Scenario(fds=300, churn=20_000),
        Scenario(fds=1_000_000, rate=20_000),
    ],
    ids=["poll only", "FD_SETSIZE", "churn", "a million"],
)
async def test_it_opens_whatever_is_raced(scenario):
    async with stand(scenario, speed=30.0) as it:
        it.session.race.advance(5_000_000)
        it.race_screen.draw()
        await it.press("g")
        screen = path_of(it)
        await it.press(*["n"] * len(screen.model.beats))
        assert screen.model.over
        if scenario.fd_setsize:
            assert "select fails here" in it.text()


async def test_a_syn_or_fin_is_refused_in_one_line():
    async with stand(Scenario(fds=300, rate=0, churn=20_000), speed=None) as it:
        it.session.race.advance(1_000_000)
        it.race_screen.draw()
        it.feed.focus()
        await it.press("up", "g")
        assert it.app.screen is it.race_screen
        assert "a SYN or FIN carries no data" in it.text()


async def test_its_help_names_every_key():
    async with stand(RACED) as it:
        await it.run(4)
        await it.press("g", "question_mark")
        page = it.app.screen.query_one("#help-text")
        text = "\n".join(page.render_line(y).text for y in range(page.size.height))
        assert INTRODUCTION[0][:40] in text
        for binding in PATH_BINDINGS:
            assert key_of(binding) in text
            assert binding.description in text


async def test_too_small_a_terminal_is_told():
    async with stand(RACED) as it:
        await it.run(4)
        await it.press("g")
        await it.pilot.resize_terminal(70, 20)
        await it.pilot.pause(0)
        assert "the path needs 80×24, this terminal is 70×20" in it.text()


async def test_where_clients_are_replaced_the_next_packet_of_a_cell_is_not_known():
    async with stand(Scenario(fds=16, active=3, rate=2_000, churn=100), paused=True) as it:
        slot = int(it.session.race.workload.active[0])
        it.race_screen.draw()
        it.race_screen.pointing.point_at((slot, slot))
        await it.press("g")
        assert "no packet for this cell" in it.text()


def test_a_recording_with_a_path_in_it_comes_out_the_same_again(tmp_path):
    first, second = tmp_path / "1.cast", tmp_path / "2.cast"
    keys = "wait 500ms; g; n; n; wait 200ms; .; .; .; a; wait 1100ms; a; end; wait 100ms; escape; wait 500ms"
    settings = RecordingSettings(start=RecordingStart(RACED), width=80, height=24, speed=None)
    record(first, settings, parse_script(keys, 30))
    record_again(second, replay_of(read(first)))
    assert first.read_bytes() == second.read_bytes()
    shown = first.read_text(encoding="utf-8")
    assert "of 16" in shown
    assert "The line after await" in shown
