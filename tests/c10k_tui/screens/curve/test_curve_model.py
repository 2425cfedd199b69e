"""The model of the Curve screen, and its text."""

import pytest

from c10k_tui.screens.curve.model import READY_LIMIT, CurveModel
from c10k_tui.screens.curve.words import explanation, heading, legend_line
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.styled_text import text_of
from sim.host.measuring.points import Point
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Scenario, Share
from sim.studies.benchmark import BenchmarkRow, break_even_fds, simulated_ns
from sim.studies.published_papers import GAMMO, KERRISK, PAPERS


def by_hand(point):
    """Costs: select and poll 10 ns a descriptor; epoll 100 ns an active descriptor and 300 ns a call."""
    return 300 + 100 * point.active if point.mechanism == "epoll" else 10 * point.fds


def known(scenario=None, cost_of=by_hand):
    model = CurveModel(scenario or Scenario(), BUILT_IN)
    return fill(model, cost_of)


def fill(model, cost_of=by_hand):
    model.learn([(point, cost_of(point)) for point in model.missing()])
    return model


def words(model, width=118, height=12, busy=""):
    return " ".join(text_of(line).strip() for line in explanation(model, model.chart(), busy, width, height))


def test_it_starts_at_the_race():
    chart = known(Scenario(fds=7_000, active=12)).chart()
    assert chart.rule == 7_000
    assert chart.rule_label == "the race: 7,000 fds"
    assert "12 active" in chart.title
    assert dict(chart.readings()) == pytest.approx({"select": 70_000, "poll": 70_000, "epoll": 1_500})


def test_plus_and_minus_move_the_rule_and_it_is_not_the_races_any_more():
    model = known()
    model.climb_fds(1)
    assert fill(model).chart().rule_label == "20,000 fds"
    model.climb_fds(-1)
    assert model.chart().rule_label == "the race: 10,000 fds"
    for _ in range(30):
        model.climb_fds(1)
    assert model.fds == 1_000_000


def test_active_goes_through_numbers_and_shares():
    model = known()
    seen = []
    for _ in range(8):
        model.climb_active(1)
        seen.append(model.active_words())
    assert seen == ["10 active", "100 active", "10% active", *(5 * ["all active"])]
    for _ in range(9):
        model.climb_active(-1)
    assert model.active_words() == "1 active"


def test_against_the_share_the_lines_cross_where_the_words_say():
    model = known()
    model.turn_axis()
    chart = fill(model).chart()
    assert chart.x_per_cent
    assert chart.rule == 0.0003
    assert chart.rule_label == "the race: 3 of 10,000 active"
    # 100,000 ns for all = 300 + 100 k
    assert "with more than about 10 % active (997) select is cheaper." in words(model)


def test_below_the_break_even_the_other_one_is_cheaper():
    model = known()
    for key in model.break_even_missing():
        model.learn_break_even(key, 40)
    assert "At 10,000 fds, 3 active: select costs 167× epoll, poll 167× (100 µs : 600 ns);" in words(
        model
    ).replace("\u00a0", " ")
    assert "below 40 fds select is cheaper." in words(model)


@pytest.mark.parametrize(
    ("fds", "said"),
    [
        (None, "select is cheaper at any number of descriptors."),
        (1, "epoll is cheaper at any number of them."),
        (3, "epoll is cheaper at any number of them."),
        (4, "below 4 fds select is cheaper."),
    ],
)
def test_what_a_break_even_means(fds, said):
    model = known()
    model.learn_break_even(("select", 3, "slept"), fds)
    assert said in words(model)


def test_the_break_even_is_asked_for_once_and_only_where_it_can_be_exact():
    model = known()
    keys = model.break_even_missing()
    assert keys == [("select", 3, "slept"), ("poll", 3, "slept")]
    for key in keys:
        model.learn_break_even(key, break_even_fds(BUILT_IN, *key))
    assert model.break_even_missing() == []
    model.turn_axis()
    assert model.break_even_missing() == []
    model.turn_axis()
    model.active = Share(10_000)
    assert model.break_even_missing() == []
    fill(model)
    assert "select is cheaper all along the line." in words(model)


def test_points_that_would_take_too_long_are_left_out_and_that_is_said():
    model = known(Scenario(fds=1_000_000, active=Share(10_000)))
    assert max(point.active for point in model.points()) == READY_LIMIT
    assert f"Lines end where {READY_LIMIT:,} are ready at once." in words(model)


def test_what_is_known_is_not_asked_again():
    model = known()
    assert model.missing() == []
    model.turn_wait()
    assert {point.wait for point in model.missing()} == {"ready"}
    fill(model)
    model.turn_wait()
    assert model.missing() == []


def test_measured_points_are_marks_and_their_error_is_shown():
    model = known()
    some = [point for point in model.points() if point.fds in (100, 1_000)]
    model.take([BenchmarkRow(point, by_hand(point), 2 * by_hand(point)) for point in some])
    far = Point("select", 50_000, 3, "slept")
    model.take([BenchmarkRow(far, by_hand(far), None, "too many descriptors: simulated only")])
    chart = model.chart()
    assert len(chart.marks) == 6
    assert {mark.kind for mark in chart.marks} == {"measured"}
    said = words(model)
    assert "6 points measured on this machine, of which the line is off by 50% (median)." in said
    assert "c10k-tui calibrate fits the table to it." in said
    assert "From 50,000 fds on: too many descriptors: simulated only." in said
    assert "measured on this machine" in text_of(legend_line(chart))
    assert "measured" not in text_of(legend_line(known().chart()))


def test_a_doubtful_measurement_is_named():
    model = known()
    point = model.points()[0]
    model.take([BenchmarkRow(point, 5, 5, noisy="the machine is busy")])
    assert "1 of them unsure: the machine is busy" in words(model)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.key)
@pytest.mark.parametrize("width", [80, 118])
def test_a_paper_is_shown_uncut(paper, width):
    model = CurveModel(Scenario(), BUILT_IN)
    model.paper = paper
    assert "computing our side" in words(model)
    fill(model, lambda point: simulated_ns(point, BUILT_IN))
    said = words(model, width, 40)
    for part in (paper.reference, paper.setup, paper.unit, *paper.causes, "Theirs ÷ ours"):
        assert part in said
    chart = model.chart()
    assert [(mark.x, mark.y) for mark in chart.marks] == [(one.fds, one.cost_ns) for one in paper.published]
    assert {mark.kind for mark in chart.marks} == {"published"}
    assert [curve.name for curve in chart.curves] == list(paper.mechanisms)
    assert paper.reference in "".join(text_of(note) for note in model.notes())


def test_by_how_much_a_paper_differs_is_computed():
    model = CurveModel(Scenario(), BUILT_IN)
    model.paper = KERRISK
    fill(model)
    assert "Theirs ÷ ours at 10,000 fds: select 93×, poll 99×, epoll 16×" in words(model, 80)
    assert "a descriptor more costs their poll 254 to 1,061 ns (files outgrow the cache), ours 10" in words(
        model
    )
    model.paper = GAMMO
    fill(model)
    assert "ours would give their select at 10,100 if 0.6 requests shared each call" in words(model)


def test_papers_come_in_turn_both_ways_and_any_other_key_leaves_them():
    model = known()
    seen = []
    for _ in range(len(PAPERS) + 1):
        model.turn_paper()
        seen.append(model.paper)
    assert seen == [*PAPERS, None]
    model.turn_paper(-1)
    assert model.paper is PAPERS[-1]
    model.climb_fds(1)
    assert model.paper is None


def test_the_heading_says_which_cost_table_is_in_use_at_any_width():
    from dataclasses import replace

    model = CurveModel(Scenario(), replace(BUILT_IN, name="calibrated", machine="A " * 30, date="2026-01-02"))
    assert "costs: calibrated " in text_of(heading(model, "", 80))
    assert "costs: calibrated on A A" in text_of(heading(model, "", 160))
    assert "costs: calibrated" in text_of(heading(model, "a notice " * 20, 80))
    assert table_words(BUILT_IN) == "built-in"
    assert table_words(replace(BUILT_IN, name="calibrated", machine="X", date="d")) == "calibrated on X, d"


def test_files_are_named_after_what_they_show():
    model = known()
    assert model.file_stem() == "c10k-curve-3-active-slept"
    model.active = Share(1_000)
    assert model.file_stem() == "c10k-curve-10pc-active-slept"
    model.turn_axis()
    assert model.file_stem() == "c10k-curve-10000-fds-slept"
    model.paper = KERRISK
    assert model.file_stem() == "c10k-curve-kerrisk"
