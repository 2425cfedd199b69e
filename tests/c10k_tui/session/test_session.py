"""The effects of the keys without a screen: on the real race, on a clock set by hand."""

import pytest

from c10k_tui.session.session import NOTICE_S, Session
from sim.race.race import Race
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.scenario import LADDER, PRESETS, Scenario, ScenarioError, Share


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def session_of(clock, scenario=None, **known):
    return Session(scenario or Scenario(fds=256), Race, clock, **known)


def run(session, clock, frames=30):
    for _ in range(frames):
        clock.now_s += 1 / 30
        session.tick()


def test_a_second_at_speed_2_runs_one_gap_or_one_scan(clock):
    session = session_of(clock, Scenario(fds=10_000))
    session.tick()
    run(session, clock)
    assert session.race.now_ns == pytest.approx(session.race.scan_ns, rel=0.02)


def test_paused_it_stands_still(clock):
    session = session_of(clock, paused=True)
    run(session, clock)
    assert session.race.now_ns == 0
    session.pause()
    run(session, clock)
    assert session.race.now_ns > 0


def test_fds_climb_the_ladder_from_on_it_and_off_it(clock):
    session = session_of(clock, Scenario(fds=1_500))
    session.climb_fds(1)
    assert session.scenario.fds == 2_000
    session.climb_fds(-1)
    session.climb_fds(-1)
    assert session.scenario.fds == 1_000
    for _ in LADDER:
        session.climb_fds(-1)
    assert session.scenario.fds == 16
    assert "between 16 and 1,000,000" in session.notice


def test_changing_fds_keeps_time_counters_and_speed(clock):
    session = session_of(clock, speed=30)
    session.tick()
    run(session, clock, 60)
    before = session.race.frame()
    session.climb_fds(1)
    after = session.race.frame()
    assert after.now_ns == before.now_ns > 0
    assert after.lanes[0].counters.requests == before.lanes[0].counters.requests > 0
    assert session.pacer.speed == 30
    assert session.races == 1
    assert session.changes == 1


@pytest.mark.parametrize(("steady", "longer"), [(True, 11), (False, 1)])
def test_more_connections_take_longer_at_a_steady_pace(clock, steady, longer):
    session = session_of(clock, Scenario(fds=10_000))
    session.pace_is_steady = steady
    before_s = session.scan_s
    session.set_fds(100_000)
    assert session.scan_s == pytest.approx(longer * before_s, rel=0.1)
    session.set_fds(10_000)
    assert session.scan_s == pytest.approx(before_s, rel=0.01)


def test_another_race_has_a_pace_of_its_own(clock):
    session = session_of(clock, Scenario(fds=10_000))
    before_s = session.scan_s
    session.set_fds(100_000)
    session.reset()
    assert session.scan_s == pytest.approx(before_s, rel=0.01)


def test_a_number_out_of_range_is_refused_and_changes_nothing(clock):
    session = session_of(clock)
    assert "1 to 1,000,000" in session.why_not_fds(0)
    assert session.why_not_fds(5) is None
    with pytest.raises(ScenarioError):
        session.set_fds(2_000_000)
    assert session.scenario.fds == 256


def test_active_climbs_through_numbers_and_shares_within_the_fds(clock):
    session = session_of(clock, Scenario(fds=64))
    seen = []
    for _ in range(7):
        session.climb_active(1)
        seen.append(session.scenario.active_count)
    assert seen == [6, 10, 30, 64, 64, 64, 64]
    assert session.scenario.active == Share(10_000)
    assert session.notice == "all are active"
    for _ in range(7):
        session.climb_active(-1)
    assert session.scenario.active_count == 1


def test_rate_climbs_from_silence_to_its_end(clock):
    session = session_of(clock)
    session.climb_rate(1)
    assert session.scenario.rate == 50_000
    for _ in range(20):
        session.climb_rate(-1)
    assert session.scenario.rate == 0
    run(session, clock)
    for _ in range(20):
        session.climb_rate(1)
    assert session.scenario.rate == 1_000_000


def test_speed_climbs_to_as_fast_as_it_goes(clock):
    session = session_of(clock)
    session.climb_speed(1)
    assert session.pacer.speed == 4
    for _ in range(10):
        session.climb_speed(1)
    assert session.pacer.speed is None
    session.climb_speed(-1)
    assert session.pacer.speed == 1_000


def test_a_step_pauses_and_advances_to_the_next_event(clock):
    session = session_of(clock, Scenario(fds=16))
    moments = []
    for _ in range(8):
        session.travel.step_event()
        moments.append(session.race.now_ns)
    assert session.paused
    assert moments == sorted(moments)
    assert moments[-1] > moments[0]
    session.race.frame()
    session.travel.step_syscall()
    assert any(lane.records for lane in session.race.frame().lanes)


def test_reset_gives_the_same_race_and_another_seed_another_one(clock):
    session = session_of(clock, speed=1_000, scenario=Scenario(fds=16))
    session.tick()
    run(session, clock, 60)
    now_ns, first = session.race.now_ns, session.race.frame().lanes[0].counters
    session.reset()
    assert session.race.now_ns == 0
    session.race.advance(now_ns)
    assert session.race.frame().lanes[0].counters == first
    session.new_seed()
    assert session.scenario.seed == 8
    session.race.advance(now_ns)
    assert session.race.frame().lanes[0].counters != first
    assert session.races == 3


def test_lanes_come_and_go_and_one_stays(clock):
    session = session_of(clock)
    session.toggle_lane("poll")
    assert session.scenario.lanes == ("select", "poll", "epoll")
    for name in ("select", "poll", "epoll"):
        session.toggle_lane(name)
    assert session.scenario.lanes == ("epoll",)
    assert session.notice == "one lane has to stay"


def test_presets_keep_lanes_seed_and_limit(clock):
    session = session_of(clock, Scenario(fds=16, seed=99, lanes=("poll", "epoll"), fd_setsize=True))
    session.preset("churn")
    assert session.scenario.churn == PRESETS["churn"][1].churn
    assert session.scenario.seed == 99
    assert session.scenario.lanes == ("poll", "epoll")
    assert session.scenario.fd_setsize


def test_a_preset_about_some_lanes_brings_them_along(clock):
    session = session_of(clock, Scenario(fds=16, seed=99, lanes=("poll", "epoll")))
    session.preset("threads-well")
    assert session.scenario.lanes == ("thread", "epoll")
    assert session.scenario.seed == 99
    session.preset("c10k")
    assert session.scenario.lanes == ("thread", "epoll")


def test_a_fifth_lane_is_refused(clock):
    session = session_of(clock, Scenario(fds=16, lanes=("process", "thread", "pool", "select")))
    session.toggle_lane("epoll")
    assert session.scenario.lanes == ("process", "thread", "pool", "select")
    assert session.notice == "4 lanes at most are on the screen: take one off first"


def test_lanes_are_set_together_and_stand_in_their_order(clock):
    session = session_of(clock)
    session.set_lanes({"iocp", "epoll", "thread"}, "3 lanes")
    assert session.scenario.lanes == ("thread", "epoll", "iocp")
    assert (session.changes, session.notice) == (1, "3 lanes")
    session.set_lanes(["epoll", "iocp", "thread"], "nothing")
    assert (session.changes, session.notice) == (1, "3 lanes")
    assert session.why_not_lanes([]) == "one lane has to stay"
    assert session.why_not_lanes(["epoll"]) is None


def test_presets_follow_one_another(clock):
    session = session_of(clock, Scenario(fds=17))
    seen = []
    for _ in range(len(PRESETS) + 1):
        session.next_preset()
        seen.append(session.notice.split(":")[0])
    assert seen == [*PRESETS, next(iter(PRESETS))]


def test_the_limit_stops_select_beyond_1024(clock):
    session = session_of(clock, Scenario(fds=2_000))
    session.toggle_fd_setsize()
    run(session, clock)
    select, epoll = session.race.frame().lanes
    assert "1,024" in select.failure
    assert epoll.failure is None
    session.toggle_fd_setsize()
    run(session, clock)
    assert session.race.frame().lanes[0].failure is None


def test_notices_go_away(clock):
    session = session_of(clock)
    session.say("seed 8")
    assert session.notice == "seed 8"
    clock.now_s += NOTICE_S
    assert session.notice == ""


def test_a_new_speed_is_shown_with_its_meaning(clock):
    session = session_of(clock, Scenario(fds=10_000))
    session.climb_speed(1)
    assert session.notice == "speed 4: slow motion 1,700×, a scan takes 500 ms"
    session = session_of(clock, Scenario(fds=16))
    session.climb_speed(-1)
    assert session.notice == "speed 1: slow motion 13,000×, 180 scans a second"
    for _ in range(9):
        session.climb_speed(-1)
    assert session.notice == "speed 0.01: the slowest"


@pytest.mark.parametrize("step", ["step_event", "step_syscall"])
def test_a_step_into_silence_says_that_nothing_will_come(clock, step):
    session = session_of(clock, Scenario(fds=16, rate=0))
    for _ in range(200):
        getattr(session.travel, step)()
    now_ns = session.race.now_ns
    assert session.race.next_event_ns() is None
    assert session.notice == "nothing more will happen"
    clock.now_s += NOTICE_S
    getattr(session.travel, step)()
    assert session.notice == "nothing more will happen"
    assert session.race.now_ns == now_ns


def test_a_step_to_a_call_stays_where_no_server_can_make_one(clock):
    session = session_of(clock, Scenario(fds=2_000, lanes=("select",), fd_setsize=True))
    run(session, clock)
    assert session.frame().lanes[0].failure is not None
    now_ns = session.race.now_ns
    session.travel.step_syscall()
    assert session.notice == "no server is left to make a call"
    assert session.race.now_ns == now_ns
    session.travel.step_event()
    assert session.race.now_ns > now_ns
    session.toggle_fd_setsize()
    session.frame()
    session.travel.step_syscall()
    assert session.frame().lanes[0].counters.syscalls > 0


def test_the_limit_of_select_is_cured_and_made_again_however_it_came(clock):
    session = session_of(clock, Scenario(fds=2_000))
    session.toggle_fd_setsize()
    run(session, clock)
    select = session.race.frame().lanes[0]
    assert select.failure is not None
    session.cure()
    assert not session.scenario.fd_setsize
    session.cure()
    assert session.scenario.fd_setsize


def test_the_latest_fault_is_the_one_that_is_cured(clock):
    session = session_of(clock, FAULT_PRESETS["no-drain"][1])
    session.cure()
    assert session.scenario.fault == ""
    session.toggle_fd_setsize()
    session.cure()
    assert (session.scenario.fault, session.scenario.fd_setsize) == ("", False)
    session.cure()
    assert session.scenario.fd_setsize
    session = session_of(clock, FAULT_PRESETS["no-drain"][1])
    session.cure()
    session.cure()
    assert session.scenario.fault == "no-drain"
