"""A lane that a test adds can race and is shown, without any other change."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from textual.color import Color

from c10k_tui.cli.main import main
from c10k_tui.text.lanes import LANE_TEXTS
from sim import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, ScenarioError
from sim.studies.comparison import trial_result
from tests.support.null_lane import KIND, TEXT, null_lane
from tests.support.paused_app import stand

MS = 1_000_000


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    with null_lane():
        yield


def test_it_races_and_answers_nothing():
    race = Race(Scenario(fds=200, rate=50_000, lanes=("null", "epoll")))
    race.advance(10 * MS)
    null, epoll = race.frame().lanes
    assert null.kind is KIND
    assert null.counters.requests == 0
    assert null.counters.packets == epoll.counters.packets > 0
    assert null.activity == "sleeping"


def test_it_goes_back_in_time_like_every_lane():
    race = Race(Scenario(fds=200, lanes=("null",)))
    race.advance(5 * MS)
    there = race.frame().lanes[0].counters
    race.advance(9 * MS)
    race.seek(5 * MS)
    assert race.frame().lanes[0].counters == there


def test_the_command_line_knows_it(capsys):
    assert main(["run", "n=200", "--lanes", "null,epoll", "--for", "5ms", "--json"]) == 0
    lanes = json.loads(capsys.readouterr().out)["lanes"]
    assert list(lanes) == ["null", "epoll"]
    assert lanes["null"]["requests"] == 0
    assert main(["run", "n=16", "--lanes", "nul"]) != 0
    assert "null" in capsys.readouterr().err


def test_the_comparison_has_its_row():
    row = trial_result("null", Scenario(fds=16))
    assert (row.keeper, row.limit, row.events) == (KIND.keeper, KIND.limit, 0)


async def test_the_race_screen_shows_it():
    async with stand(Scenario(fds=200, lanes=("null", "epoll"))) as it:
        await it.run(1.0)
        panel = it.race_screen.query_one("#lane-null")
        assert TEXT.title in it.text()
        assert panel.styles.border_title_color == Color.parse(TEXT.colours.dark)
        assert it.grid("null").size.width > 20
        assert "asleep" in it.text()
        await it.press("t")
        await it.run(0.1)
        assert panel.styles.border_title_color == Color.parse(TEXT.colours.light)
        await it.press("L")
        assert TEXT.what in it.text()
        assert KIND.introduced in it.text()
        await it.press("escape", "O")
        await it.run(0.1)


def test_without_its_entry_there_is_no_such_lane():
    LANES.remove("null")
    with pytest.raises(ScenarioError, match="there is no lane 'null'"):
        Scenario(lanes=("null",))
    LANES.add(KIND)
    with pytest.raises(ValueError, match="registered already"):
        LANES.add(KIND)
    with pytest.raises(ValueError, match="registered already"):
        LANE_TEXTS.add(TEXT)
