"""Marks of earlier frames on the screen, and the end of each mark: on the real race, without a screen."""

import pytest

from c10k_tui.screens.race.shown_past import Continuity, ScanCounts, ShownPast
from c10k_tui.screens.race.time_line_drag import TimeLineDrag
from c10k_tui.session.session import Session
from sim.race.race import Race
from sim.scenario.scenario import Scenario
from tests.support.lane_frames import counters, frame, lane

MS = 1_000_000


@pytest.fixture
def session():
    session = Session(Scenario(fds=64), Race, lambda: 0.0, paused=True)
    session.race.advance(5 * MS)
    return session


@pytest.fixture
def past(session):
    past = ShownPast(session)
    past.meet(session.frame())
    return past


def test_a_race_that_goes_on_continues(session, past):
    session.race.advance(6 * MS)
    assert past.meet(session.frame()) is Continuity.CONTINUES


def test_another_setting_is_a_change(session, past):
    session.climb_rate(1)
    assert past.meet(session.frame()) is Continuity.CHANGED
    assert past.meet(session.frame()) is Continuity.CONTINUES


@pytest.mark.parametrize(
    "jump", [lambda session: session.reset(), lambda session: session.travel.seek(MS)], ids=["race", "time"]
)
def test_another_race_and_another_time_are_elsewhere(session, past, jump):
    jump(session)
    assert past.meet(session.frame()) is Continuity.ELSEWHERE


def test_scans_are_counted_between_two_frames_of_scanning_lanes():
    scans = ScanCounts()
    for passes in (3, 7):
        counted = counters(passes=passes)
        scans.count(frame(lane("select", counters=counted), lane("epoll", counters=counted)))
    assert scans.finished == {"select": 4}
    scans.forget()
    scans.count(frame(lane("select", counters=counters(passes=9))))
    assert scans.finished == {"select": 0}


def test_a_drag_seeks_once_a_frame_and_to_the_latest_place(session):
    shown = []
    drag = TimeLineDrag(session, lambda: shown.append(session.race.now_ns))
    drag.point_at(MS, held=True)
    drag.point_at(2 * MS, held=True)
    assert session.race.now_ns == 5 * MS
    drag.seek()
    drag.seek()
    assert shown == [2 * MS]
    drag.point_at(3 * MS, held=False)
    assert shown == [2 * MS, 3 * MS]
