"""The packets that have just gone onto a ready list stay long enough to be seen."""

from c10k_tui.screens.race.views.recent_arrivals import BRIGHT_S, SHOWN_S, RecentArrivals
from c10k_tui.text.styled_text import text_of, width_of
from tests.support.lane_frames import FIRST_FD, lane, packet

RATE_NS = 300_000
BURST = [packet(1_000, FIRST_FD + 1, 1, 0), packet(1_010, FIRST_FD + 7, 1, 0)]


def taken(*bursts):
    arrivals = RecentArrivals()
    for records in bursts:
        arrivals.take(lane("epoll", records=records))
    return arrivals


def at(arrivals, seconds, width=60, **known):
    return arrivals.line(lane("epoll", **known), 1_000 + round(seconds * RATE_NS), RATE_NS, width)


def test_a_burst_is_bright_then_dim_then_gone():
    arrivals = taken(BURST)
    bright, dim, gone = (at(arrivals, age) for age in (0.1, BRIGHT_S + 0.1, SHOWN_S + 0.1))
    assert text_of(bright) == text_of(dim) == "ready list │fd 6│fd 12│ → program"
    assert ("fd 6", "key") in bright
    assert all(role == "dim" for _, role in dim)
    assert text_of(gone) == "ready list empty"


def test_packets_still_on_the_list_are_not_with_the_program():
    assert "program" not in text_of(at(taken(BURST), 0.1, ready_listed=2))


def test_another_burst_takes_the_place_of_the_last_one():
    arrivals = taken(BURST, [packet(900_000, FIRST_FD + 3, 1, 0)])
    assert text_of(at(arrivals, 3.1)) == "ready list │fd 8│ → program"
    arrivals.forget()
    assert text_of(at(arrivals, 3.1)) == "ready list empty"


def test_what_does_not_fit_is_counted():
    line = at(taken(BURST), 0.1, width=31)
    assert width_of(line) <= 31
    assert "+1" in text_of(line)
