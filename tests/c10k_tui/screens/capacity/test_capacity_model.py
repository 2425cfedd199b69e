"""The capacity chart as a value and as lines: bars up to the capacity, the limit, the meaning at 10,000."""

from __future__ import annotations

import pytest

from c10k_tui.charts.png import png_of_page
from c10k_tui.charts.svg import svg_of_page
from c10k_tui.screens.capacity.model import CapacityModel
from c10k_tui.screens.capacity.views.chart import chart_lines, column_of, rows_needed
from c10k_tui.screens.capacity.views.page import capacity_page
from c10k_tui.screens.capacity.words import explanation, reading
from c10k_tui.text.styled_text import text_of, width_of
from sim.machine.costs import BUILT_IN
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from sim.studies import capacity
from sim.studies.capacity import Capacity, CapacityProbe

LANE_NAMES = tuple(LANES)


@pytest.fixture(autouse=True)
def shorter(monkeypatch):
    """A tenth of the usual time at each size is enough for tests of the drawing."""
    monkeypatch.setattr(capacity, "RACE_NS", 20_000_000)


@pytest.fixture(scope="module")
def whole() -> CapacityModel:
    """A model whose lanes have the capacities given here."""
    model = CapacityModel(Scenario(), BUILT_IN)
    for lane in LANE_NAMES:
        model._known[model._key(lane)] = Capacity(lane, 1_000_000, "none", 30_000)
    for lane, connections, limit in (
        ("process", 75_000, "memory"),
        ("select", 7_800, "latency"),
        ("poll", 12_000, "latency"),
        ("pool", 0, "drops"),
    ):
        p99_ns = 900_000 if connections else None
        model._known[model._key(lane)] = Capacity(lane, connections, limit, p99_ns)
    return model


def rows_of(model: CapacityModel, width: int) -> dict[str, str]:
    lines = [text_of(line) for line in chart_lines(model, width, rows_needed())[1 : 1 + len(LANE_NAMES)]]
    return {row[2:].split()[0]: row for row in lines}


def test_frames_find_what_the_command_finds():
    model = CapacityModel(Scenario(rate=5_000), BUILT_IN)
    frames = 0
    while "select" in model.missing() or "epoll" in model.missing():
        assert model.compute()
        frames += 1
    assert frames > 2
    for lane in ("select", "epoll"):
        tried, result = searched(lane, model)
        assert (model.tried(lane), model.found(lane)) == (tried, result)


def searched(lane: str, model: CapacityModel) -> tuple[list[CapacityProbe], Capacity]:
    steps, tried = capacity.find_capacity(lane, model.load, model.limit_ns), []
    while True:
        try:
            tried.append(next(steps))
        except StopIteration as stop:
            return tried, stop.value


def test_what_is_computed_in_a_frame_does_not_depend_on_the_machine():
    seen = []
    for _ in range(2):
        model, frames = CapacityModel(Scenario(rate=5_000), BUILT_IN), []
        while "select" in model.missing():
            model.compute()
            frames.append(model.progress("select"))
        seen.append(frames)
    assert seen[0] == seen[1]


def test_keys_change_bound_share_and_rate_and_what_is_known_stays_known(whole):
    model = CapacityModel(Scenario(), BUILT_IN)
    model._known = dict(whole._known)
    assert model.command() == "c10k-tui capacity --p99 1ms --active 1%"
    model.climb_limit(-1)
    model.climb_active(1)
    model.climb_rate(1)
    assert model.command() == "c10k-tui capacity --p99 300us --active 10% --rate 50k"
    assert len(model.missing()) == len(LANE_NAMES)
    for _ in range(20):
        model.climb_limit(1)
        model.climb_active(-1)
    assert model.command() == "c10k-tui capacity --p99 100ms --active 3 --rate 50k"
    assert model.load.active == 3
    for _ in range(4):
        model.climb_limit(-1)
    model.active = Share(100)
    model.climb_rate(-1)
    assert model.missing() == []


def test_the_size_of_the_race_that_is_on_does_not_matter():
    small, large = (CapacityModel(Scenario(fds=fds, active=1), BUILT_IN) for fds in (1, 1_000_000))
    for model in (small, large):
        model.active = 3
    assert small.load == large.load
    assert small.command() == "c10k-tui capacity --p99 1ms --active 3"


def test_the_race_beyond_is_the_first_size_that_did_not_hold(whole):
    whole.lane = "select"
    assert (whole.beyond().fds, whole.beyond().lanes) == (7_900, ("select",))
    whole.lane = "epoll"
    assert whole.beyond().fds == 1_000_000
    whole.lane = "pool"
    assert whole.beyond().fds == 1


@pytest.mark.parametrize("width", [78, 118, 198])
def test_bars_end_at_their_number_on_a_logarithmic_axis(whole, width):
    cells = width - 18 - 30
    rows = rows_of(whole, width)
    assert {width_of(line) for line in chart_lines(whole, width, rows_needed())} == {width}
    for lane, connections in (("process", 75_000), ("poll", 12_000)):
        bar = rows[lane][18 : 18 + cells]
        end = max(x for x, glyph in enumerate(bar) if glyph in "▄▖┊") + 1
        assert abs(end - column_of(connections, cells)) <= 1
    assert rows["epoll"][18 : 18 + cells].endswith("→")
    assert "▄" not in rows["pool"]
    rule = 18 + int(column_of(10_000, cells))
    assert all(row[rule] == "┊" for row in rows.values())


def test_what_gives_way_is_a_word_beside_the_number(whole):
    rows = rows_of(whole, 78)
    assert rows["select"].split()[-4:] == ["7,800", "latency", "900", "µs"]
    assert rows["process"].split()[-4:] == ["75,000", "memory", "900", "µs"]
    assert rows["pool"].split()[-3:] == ["0", "drops", "–"]
    assert rows["epoll"].split()[-4:] == ["1,000,000", "nothing", "30.0", "µs"]


def test_the_reading_tells_what_breaks_at_ten_thousand_and_what_next(whole):
    assert text_of(reading(whole)) == (
        "At 10,000 these break: pool (holds 0; drops), select (holds 7,800; latency). What breaks next: poll "
        "(beyond 12,000; latency), process (beyond 75,000; memory). "
        f"{len(LANES) - 4} lanes hold 1,000,000."
    )
    for lane, limit in (("pool", "none"), ("select", "none")):
        whole._known[whole._key(lane)] = Capacity(lane, 1_000_000, limit, 1)
    assert text_of(reading(whole)).startswith("At 10,000 every lane holds. What breaks next: poll ")


def test_the_chosen_row_is_told_in_full(whole):
    whole.lane = "poll"
    words = " ".join(" ".join(text_of(line) for line in explanation(whole, 120, 20)).split())
    assert "poll: 12,000 hold; beyond that answers come later than 1 ms (p99)." in words
    assert "c10k-tui capacity --p99 1ms --active 1%" in words
    whole.lane = "kqueue"
    assert "estimated from the Linux steps" in " ".join(text_of(line) for line in explanation(whole, 120, 20))


def test_a_search_shows_what_held_and_what_is_tried():
    model = CapacityModel(Scenario(), BUILT_IN)
    while not model.progress("select").held:
        model.compute()
    row = rows_of(model, 118)["select"]
    assert "trying …" in row
    assert "▄" in row
    assert "░" in row
    assert text_of(reading(model)).startswith("Searching: select, epoll")


def test_a_low_chart_keeps_the_chosen_row_and_the_axis_words(whole):
    whole.lane = LANE_NAMES[-1]
    lines = [text_of(line) for line in chart_lines(whole, 78, 8)]
    assert len(lines) == 8
    assert LANE_NAMES[-1] in lines[-2]
    assert lines[-1].split() == ["1", "10", "100", "1k", "10k", "100k", "1M"]


def test_the_picture_has_every_lane_its_number_and_the_sentence(whole):
    page, title = capacity_page(whole)
    svg = svg_of_page(page, title)
    assert svg == svg_of_page(*capacity_page(whole))
    for words in (*LANE_NAMES, "12,000  latency, p99 900 µs", "75,000  memory", "At 10,000", "simulated"):
        assert words in svg
    assert png_of_page(page).startswith(b"\x89PNG")


@pytest.mark.parametrize("lane", LANE_NAMES)
@pytest.mark.parametrize("select", [7_800, 11_000])
def test_no_sentence_is_cut_at_the_smallest_size(lane, select):
    model = CapacityModel(Scenario(), BUILT_IN)
    held = {"process": 75_000, "thread": 210_000, "select": select, "poll": 13_000, "asyncio": 920_000}
    for name in LANE_NAMES:
        limit = "none" if name not in held else "latency" if name in ("select", "poll") else "memory"
        model._known[model._key(name)] = Capacity(name, held.get(name, 1_000_000), limit, 30_000)
    model.lane = lane
    lines = [text_of(line) for line in explanation(model, 80, 3)]
    assert not any("…" in line for line in lines)
    assert lines[-1].startswith(f" {lane}")
    assert ("stimated" in lines[-1]) == LANES[lane].prices.estimated
