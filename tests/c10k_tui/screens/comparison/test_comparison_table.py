"""The comparison as a value and as lines: its rows, its columns, minimum and maximum without colour."""

from __future__ import annotations

from typing import Any

import pytest

from c10k_tui.screens.comparison.model import ComparisonModel
from c10k_tui.screens.comparison.views.table import LEVELS, rows_needed, table_lines
from c10k_tui.screens.comparison.words import explanation, heading
from c10k_tui.text.comparison_columns import BY_KEY, COLUMNS, count_words
from c10k_tui.text.styled_text import text_of, width_of
from sim.machine.costs import BUILT_IN
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from sim.studies.comparison import trial_result
from sim.studies.host_comparison import HostComparison

LANE_NAMES = tuple(LANES)

SMALL = Scenario(fds=256, active=16, rate=20_000, lanes=("select", "epoll"))


def finished(scenario: Scenario = SMALL) -> ComparisonModel:
    model = ComparisonModel(scenario, BUILT_IN)
    while model.compute():
        pass
    return model


@pytest.fixture(scope="module")
def whole() -> ComparisonModel:
    return finished()


def rows_of(model: ComparisonModel, width: int) -> dict[str, str]:
    """The table's rows by lane."""
    lines = [text_of(line) for line in table_lines(model, width, rows_needed(model))[1:]]
    return {row[2:].split()[0]: row for row in lines}


def words_of(model: ComparisonModel, width: int = 120, height: int = 40) -> str:
    return " ".join(" ".join(text_of(line) for line in explanation(model, "", width, height)).split())


# --- the model ------------------------------------------------------------------------------------


def test_rows_are_the_trials_of_the_current_scenario_racing_lanes_first():
    model = ComparisonModel(SMALL, BUILT_IN)
    assert model.missing()[:2] == ["select", "epoll"]
    assert model.trying() == "select"
    while model.trying() == "select":
        assert model.compute()
    assert model.row_of("select") == trial_result("select", SMALL)
    assert model.row_of("poll") is None


def test_what_is_computed_in_a_frame_does_not_depend_on_the_machine():
    counts = []
    for _ in range(2):
        model, known = ComparisonModel(SMALL, BUILT_IN), []
        while model.compute():
            known.append((len(model.known()), model.part))
        counts.append(known)
    assert counts[0] == counts[1]
    assert len(counts[0]) > 3


def test_known_rows_are_kept_and_the_others_are_computed_again(whole):
    before = whole.row_of("poll")
    whole.climb_fds(1)
    assert whole.scenario.fds == 1_000
    assert set(whole.missing()) == set(LANE_NAMES)
    whole.climb_fds(-1)
    assert whole.missing() == []
    assert whole.row_of("poll") is before


def test_keys_climb_the_same_ladders_as_the_race(whole):
    model = ComparisonModel(SMALL, BUILT_IN)
    model.climb_active(1)
    assert model.scenario.active_count in (25, 30)  # 10 % of 256, or the next number
    model.climb_active(-1)
    assert model.scenario.active == 10
    model.climb_rate(1)
    assert model.scenario.rate == 50_000
    for _ in range(30):
        model.climb_fds(-1)
    assert (model.scenario.fds, model.scenario.active_count) == (16, 10)
    share = ComparisonModel(Scenario(active=Share(10_000)), BUILT_IN)
    share.climb_active(1)
    assert share.scenario.active == Share(10_000)


def test_sorting_goes_through_least_most_and_the_lanes_order(whole):
    whole.column = COLUMNS.index(BY_KEY["examined_per_event"])
    whole.sort()
    values = [facts.examined_per_event for _, facts in whole.rows()]
    assert values == sorted(values)
    assert "↑" in text_of(table_lines(whole, 120, 20)[0])
    whole.sort()
    assert [facts.examined_per_event for _, facts in whole.rows()] == sorted(values, reverse=True)
    whole.sort()
    assert [lane for lane, _ in whole.rows()] == list(LANE_NAMES)


def test_the_cursor_stays_within_the_table(whole):
    whole.move(-100, -100)
    assert (whole.lane, whole.column) == (LANE_NAMES[0], 0)
    whole.move(100, 100)
    assert (whole.lane, whole.column) == (LANE_NAMES[-1], len(COLUMNS) - 1)


# --- the lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("width", [78, 90, 118, 140, 198])
def test_every_line_has_the_width_and_every_lane_a_row(whole, width, measured):
    whole.shows_measured = measured
    try:
        lines = table_lines(whole, width, rows_needed(whole))
        assert {width_of(line) for line in lines} == {width}
        assert not any("…" in text_of(line) for line in lines) or measured or width == 198
        assert set(rows_of(whole, width)) == set(LANE_NAMES)
    finally:
        whole.shows_measured = False


def test_figures_stand_in_the_rows_as_they_are(whole):
    rows = rows_of(whole, 78)
    for facts in whole.known():
        for column in COLUMNS:
            assert column.cell(facts) in rows[facts.lane]
    for lane in (name for name, kind in LANES.items() if kind.prices.estimated):
        assert f"~{BY_KEY['wakeup_ns'].cell(whole.row_of(lane)).lstrip('~')}" in rows[lane]


def test_words_come_with_the_width_and_stand_beneath_in_full(whole):
    assert LANES["poll"].keeper not in rows_of(whole, 78)["poll"]
    assert LANES["poll"].keeper in rows_of(whole, 118)["poll"]
    assert LANES["select"].limit in rows_of(whole, 198)["select"]
    whole.lane = "select"
    words = words_of(whole, 80, 5)
    assert LANES["select"].keeper in words
    assert LANES["select"].limit in words


def test_blocks_mark_the_minimum_and_the_maximum(whole):
    column = BY_KEY["examined_per_event"]
    values: dict[str, Any] = {facts.lane: column.value_of(facts) for facts in whole.known()}
    rows = rows_of(whole, 78)
    most, least = (choose(values, key=lambda lane: values[lane]) for choose in (max, min))
    assert f"{column.cell(whole.row_of(most))}{LEVELS[-1]}" in rows[most]
    assert f"{column.cell(whole.row_of(least))}{LEVELS[0]}" in rows[least]


def test_racing_lanes_are_marked_and_the_chosen_one_reversed(whole):
    rows = rows_of(whole, 118)
    assert {lane for lane, row in rows.items() if row.startswith("●")} == {"select", "epoll"}
    whole.lane = "kqueue"
    line = next(line for line in table_lines(whole, 118, 20) if "kqueue" in text_of(line))
    assert line[0] == ("  kqueue ", "cursor")
    assert LANES["kqueue"].prices.source in words_of(whole)


def test_a_low_table_keeps_the_chosen_row(whole):
    whole.lane = LANE_NAMES[-1]
    lines = [text_of(line) for line in table_lines(whole, 78, 6)]
    assert len(lines) == 6
    assert LANE_NAMES[-1] in lines[-1]


def test_the_first_sentence_says_who_scans_copies_and_wakes(whole):
    words = words_of(whole)
    scans = max(whole.known(), key=lambda facts: facts.examined_per_event)
    assert f"{scans.lane} scans most: {count_words(scans.examined_per_event)} descriptors an event" in words
    copies = max(whole.known(), key=lambda facts: facts.copied_in_per_event)
    assert f"{copies.lane} copies most" in words


def test_progress_is_seen_and_so_is_that_nothing_happens():
    model = ComparisonModel(SMALL, BUILT_IN)
    model.compute(1)
    assert "racing" in rows_of(model, 78)["select"]
    assert "0 of 14 lanes known".replace("14", str(len(LANE_NAMES))) in text_of(heading(model, "", 80))
    silent = finished(Scenario(fds=16, rate=0))
    assert "There was no event" in words_of(silent)
    assert "–" in rows_of(silent, 78)["epoll"]


def test_a_lane_that_fails_says_so_in_its_row():
    model = finished(Scenario(fds=1_000_000, active=3))
    assert "thread fails here" in rows_of(model, 118)["thread"]
    model.lane = "thread"
    assert "this machine has" in words_of(model)


def test_measured_points_stand_beside_simulated_ones(whole):
    whole.host_comparisons = {
        "epoll": HostComparison("epoll", 64, 5_800, 1.0, 11_600, 0.97),
        "iocp": HostComparison("iocp", 64, None, None, None, None, "no Linux kernel has it"),
    }
    whole.shows_measured = True
    try:
        for width in (78, 118, 198):
            rows = rows_of(whole, width)
            assert "5.80 µs  11.6 µs  2.0×" in rows["epoll"]
            assert "not here" in rows["iocp"]
            assert "…" in rows["poll"]
        whole.lane = "epoll"
        words = words_of(whole, 80, 5)
        assert "measured here: 11.6 µs of CPU per request with 64 connections, against 5.80 µs" in words
        assert "0.97 sleeps a request against 1.00" in words_of(whole)
        whole.lane = "iocp"
        assert "iocp is not measured here: no Linux kernel has it." in words_of(whole)
    finally:
        whole.shows_measured, whole.host_comparisons = False, {}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.318, "0.32"),
        (2, "2"),
        (2.426, "2.43"),
        (9.96, "10.0"),
        (11.83, "11.8"),
        (345.5, "346"),
        (4_434.8, "4,435"),
        (333_333, "333k"),
    ],
)
def test_means_are_written_with_three_figures(value, words):
    assert count_words(value) == words


@pytest.mark.parametrize("column", range(len(COLUMNS)))
def test_no_sentence_is_cut_at_the_smallest_size(whole, monkeypatch, column):
    monkeypatch.setattr(whole, "column", column)
    for lane in LANE_NAMES:
        monkeypatch.setattr(whole, "lane", lane)
        lines = [text_of(line) for line in explanation(whole, "", 80, 4)]
        assert lines[-1].startswith(f" {COLUMNS[column].title}: ")
        assert not any("…" in line for line in lines), lines
        assert ("stimated" in " ".join(lines)) == LANES[lane].prices.estimated
