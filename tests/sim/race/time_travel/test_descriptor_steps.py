"""Steps, forward and back, that stop only at records of one descriptor."""

import pytest

from sim.machine.records import Kind
from sim.race.race import Race
from sim.scenario.scenario import Scenario

MS = 1_000_000
SCENARIOS = [
    Scenario(fds=64, lanes=("select", "poll", "epoll")),
    Scenario(fds=2_000, active=40, rate=200_000, burst=20),
    Scenario(fds=300, active=5, churn=30_000),
]


def moments(race, fd):
    """Times of all records that name a descriptor, from a journal that keeps every record."""
    return sorted(
        {
            record[0]
            for lane in race._time_line.lanes.values()
            for record in lane.journal.records
            if record[2] == fd
        }
    )


def busy_fd(scenario):
    race = Race(scenario)
    race.advance(MS)
    (lane, *_) = race.frame().lanes
    return next(record[2] for record in lane.records if record[1] == Kind.PACKET and record[2] > 0)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_forth_and_back_stop_at_every_record_that_names_it(scenario):
    fd = busy_fd(scenario)
    race, whole = Race(scenario), Race(scenario)
    seen: list[int] = []
    while len(seen) < 12:
        assert race.step_to_fd(fd)
        seen.append(race.now_ns)
    whole.advance(race.now_ns)
    assert seen == moments(whole, fd)[:12]
    back = [race.now_ns]
    while race.step_back_to_fd(fd):
        back.append(race.now_ns)
    assert back == seen[::-1]
    assert race.now_ns == seen[0]


def test_back_goes_farther_than_the_records_of_one_jump():
    scenario = Scenario(fds=2_000, active=1_000, rate=300_000, burst=10)
    fd = busy_fd(scenario)
    race = Race(scenario)
    race.advance(20 * MS)
    before = [at_ns for at_ns in moments(race, fd) if at_ns < 20 * MS]
    race.seek(20 * MS)
    assert len(race.frame().lanes[0].records) < sum(
        lane.journal.made for lane in race._time_line.lanes.values()
    )
    for at_ns in reversed(before[-3:]):
        assert race.step_back_to_fd(fd)
        assert race.now_ns == at_ns


def test_a_descriptor_that_says_nothing_leaves_the_race_where_it_was():
    race = Race(Scenario(fds=64, active=1, rate=100_000))
    fd = race.frame().lanes[0].first_fd
    race.advance(2 * MS)
    quiet = next(fd + index for index in range(64) if not moments(race, fd + index))
    assert not race.step_back_to_fd(quiet)
    assert race.now_ns == 2 * MS
    assert not race.step_to_fd(quiet)


def test_in_silence_a_step_to_a_descriptor_ends_at_once():
    race = Race(Scenario(fds=4, active=1, rate=0))
    assert not race.step_to_fd(race.frame().lanes[0].first_fd)
