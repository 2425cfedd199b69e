"""Published experiments: the printed figures, and the parts of our side of each comparison."""

import pytest

from sim.host.measuring.points import Point
from sim.machine.costs import BUILT_IN
from sim.studies.benchmark import simulated_ns
from sim.studies.published_papers import (
    BANGA,
    GAMMO,
    KERRISK,
    LIBEVENT,
    PAPERS,
    PublishedFigure,
    differences,
    implied_ready,
    ours_ns,
    rest_ns,
    slopes_ns,
)


def plain(point):
    """A table in which select and poll cost 10 ns a descriptor, epoll 100 ns, and everything else is free."""
    return 100 if point.mechanism == "epoll" else 10 * point.fds


def figure(paper, mechanism, fds):
    (one,) = [one for one in paper.published if (one.mechanism, one.fds) == (mechanism, fds)]
    return one


@pytest.mark.parametrize(
    ("paper", "mechanism", "fds", "cost_ns", "printed"),
    [
        (KERRISK, "poll", 10, 6_100, "0.61 s"),
        (KERRISK, "poll", 10_000, 9_900_000, "990 s"),
        (KERRISK, "select", 1_000, 350_000, "35 s"),
        (KERRISK, "epoll", 10_000, 6_600, "0.66 s"),
        (LIBEVENT, "select", 9_900, 3_300_000, "330,000 µs"),
        (LIBEVENT, "epoll", 100, 3_070, "307 µs"),
        (GAMMO, "select", 100, 45_455, "alike with 0 idle"),
        (GAMMO, "poll", 10_100, 216_450, "up to −79 %"),
        (BANGA, "select", 782, 774_593, "1291 requests/s"),
        (BANGA, "epoll", 782, 741_840, "1348 requests/s"),
    ],
)
def test_a_printed_figure_in_nanoseconds(paper, mechanism, fds, cost_ns, printed):
    one = figure(paper, mechanism, fds)
    assert (one.cost_ns, one.printed) == (cost_ns, printed)


def test_the_ratios_that_kerrisk_is_known_for():
    ratios = [
        round(figure(KERRISK, "select", fds).cost_ns / figure(KERRISK, "epoll", fds).cost_ns, 1)
        for fds in (10, 100, 1_000, 10_000)
    ]
    assert ratios == [1.8, 7.1, 66.0, 1409.1]


def test_if_the_unit_is_a_wake_up_ours_is_a_wake_up():
    assert rest_ns(KERRISK, plain) == 0
    assert ours_ns(KERRISK, "select", 1_000, plain) == plain(Point("select", 1_000, 1, "ready"))


def test_if_the_unit_is_a_request_its_rest_is_the_papers_own():
    assert rest_ns(BANGA, plain) == 741_840 - 100
    assert ours_ns(BANGA, "epoll", 782, plain) == 741_840
    assert ours_ns(BANGA, "select", 782, plain) == 741_740 + 7_820


def test_the_rest_is_never_negative():
    assert rest_ns(GAMMO, lambda point: 10**9) == 0


def test_differences_are_theirs_over_ours():
    found = {(one.published.mechanism, one.published.fds): one for one in differences(KERRISK, plain)}
    assert len(found) == 12
    assert found["poll", 10_000].ours_ns == 100_000
    assert found["poll", 10_000].factor == 99.0
    assert found["epoll", 10].factor == 41.0


def test_slopes_are_the_cost_of_one_more_descriptor():
    assert slopes_ns(LIBEVENT, "poll", plain) == (((903_960 - 7_560) / 9_800, 10.0),)
    assert [round(theirs) for theirs, _ in slopes_ns(KERRISK, "poll", plain)] == [254, 357, 1061]
    assert [ours for _, ours in slopes_ns(KERRISK, "poll", plain)] == [10.0] * 3


def test_the_number_of_requests_that_a_call_would_have_to_find():
    twice = PublishedFigure("select", 2_000, rest_ns(GAMMO, plain) + 10_000, "")
    assert implied_ready(GAMMO, twice, plain) == 2.0
    nothing_left = PublishedFigure("select", 2_000, rest_ns(GAMMO, plain), "")
    assert implied_ready(GAMMO, nothing_left, plain) is None
    assert implied_ready(KERRISK, twice, plain) is None


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.key)
def test_every_paper_is_whole(paper):
    assert paper.reference
    assert paper.setup
    assert paper.unit
    assert paper.causes
    assert set(paper.mechanisms) <= set(paper.scenario.lanes)
    low, high = paper.fds_range
    assert all(low <= one.fds <= high for one in paper.published)
    assert low <= paper.scenario.fds <= high


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.key)
def test_scanning_costs_more_with_more_descriptors_and_epoll_does_not(paper):
    def cost_of(point):
        return simulated_ns(point, BUILT_IN)

    low, high = paper.fds_range
    assert ours_ns(paper, "select", high, cost_of) > ours_ns(paper, "select", low, cost_of)
    assert ours_ns(paper, "epoll", high, cost_of) == ours_ns(paper, "epoll", low, cost_of)
