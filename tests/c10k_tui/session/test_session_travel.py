"""Time travel in a session: on the real race, on a clock set by hand."""

from __future__ import annotations

import pytest

from c10k_tui.session.session import Session
from sim.race.race import Race
from sim.scenario.scenario import Scenario

MS = 1_000_000


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def session() -> Session:
    """A session that has run for 20 ms, with a change at 10 ms."""
    session = Session(Scenario(fds=256), Race, Clock(), paused=True)
    session.race.advance(10 * MS)
    session.set_fds(50_000)
    session.race.advance(20 * MS)
    return session


def test_a_seek_stays_between_the_start_and_the_end(session):
    session.travel.seek(-5)
    assert session.race.now_ns == 0
    session.travel.seek(50 * MS)
    assert session.race.now_ns == 20 * MS
    assert not session.travel.in_past
    assert session.travel.jumps == 2


def test_settings_are_those_of_the_moment_and_the_pace_stays(session):
    changes, base_ns = session.changes, session.pacer.base_ns
    session.travel.seek(5 * MS)
    assert session.travel.in_past
    assert session.scenario.fds == 256
    assert session.changes == changes + 1
    assert session.pacer.base_ns == base_ns
    session.travel.seek(6 * MS)
    assert session.changes == changes + 1


def test_running_on_in_the_past_meets_the_change_again(session):
    clock = session._clock
    session.pacer.set_speed(1_000)
    session.travel.seek(9 * MS + MS // 2)
    session.pause()
    changes = session.changes
    for _ in range(60):
        clock.now_s += 1 / 30
        session.tick()
    assert session.scenario.fds == 50_000
    assert session.changes == changes + 1


def test_a_change_in_the_past_says_that_a_branch_begins_and_one_can_go_back(session):
    session.travel.seek(15 * MS)
    session.climb_rate(1)
    assert session.notice == "50k req/s · branch 2 begins"
    session.race.advance(30 * MS)
    session.travel.go_to_branch(0)
    assert (session.race.branch, session.race.now_ns) == (0, 15 * MS)
    assert session.scenario.rate == 20_000
    session.travel.go_to_branch(1)
    assert (session.race.branch, session.race.now_ns) == (1, 30 * MS)
    assert session.notice == "branch 2"
    with pytest.raises(ValueError, match="no branch 7"):
        session.travel.go_to_branch(7)
    assert session.race.branch == 1


def test_a_change_at_the_end_begins_none(session):
    session.climb_rate(1)
    assert session.notice == "50k req/s"
    assert session.race.branch == 0


def test_steps_back_stand_still_at_the_start(session):
    session.travel.seek(0)
    session.travel.step_back_event()
    assert session.notice == "this is the start"
    session.travel.step_event()
    at_ns = session.race.now_ns
    session.travel.step_event()
    session.travel.step_back_event()
    assert session.race.now_ns == at_ns
    session.travel.step_syscall()
    session.travel.step_back_syscall()
    assert session.race.now_ns <= at_ns
    assert session.paused


def test_keys_go_from_marker_to_marker(session):
    session.travel.go_to_marker(1)
    assert session.notice == "no marker ahead"
    session.travel.go_to_marker(-1)
    assert session.race.now_ns == 10 * MS
    assert session.notice == "fds 256→50,000"
    session.travel.go_to_marker(-1)
    assert session.notice == "no marker before"
    assert session.race.now_ns == 10 * MS


def test_a_new_race_has_no_past(session):
    session.travel.seek(5 * MS)
    session.reset()
    assert (session.race.now_ns, session.race.end_ns, session.travel.in_past) == (0, 0, False)
    assert session.race.markers() == ()
