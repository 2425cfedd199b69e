"""One packet followed: its steps add up to what the lanes' accounts and structures show."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.lessons import echo_streams
from sim.machine.accounts import Account
from sim.machine.costs import BUILT_IN
from sim.machine.records import Effect, Kind
from sim.path.lane_watch import RING_SLOTS
from sim.path.packet_path import PacketPath, follow, next_packet
from sim.path.path_values import (
    EPOLL_STAGES,
    LOOP_STAGES,
    SELECT_STAGES,
    STAGE_PAIRS,
    AsyncioProgram,
    FollowedPacket,
    LanePath,
    PathStep,
)
from sim.race.lane import Lane
from sim.race.race import Race
from sim.scenario.scenario import Scenario, Share, parse_scenario
from tests.support.kernel_under_test import socket_at

QUIET = "n=1000 active=1 rate=1k seed=7 lanes=select|epoll"
BURSTS = "n=10000 active=3 rate=2k seed=7 lanes=select|epoll"
BUSY = "n=500 active=all rate=150k burst=20 seed=3 lanes=select|epoll"
CHURN = "n=300 active=100 churn=20k rate=20k seed=5 lanes=select|epoll"


def raced(words: str, ms: float = 10.0) -> Race:
    race = Race(parse_scenario(words))
    race.advance(round(ms * 1e6))
    return race


def packets(race: Race) -> list[FollowedPacket]:
    """Recent packets of a race that carry data."""
    records = race.frame().lanes[-1].records
    return [
        FollowedPacket(record[0], record[5]) for record in records if record[1] == Kind.PACKET and record[3]
    ]


def step_of(side: LanePath, stage: str) -> PathStep:
    step = side.step(stage)
    assert step is not None
    return step


def program_of(path: PacketPath) -> AsyncioProgram:
    assert path.program is not None
    return path.program


def unwatched(race: Race, name: str, at_ns: int) -> Lane:
    lane = race.lane_copy(name, at_ns, lambda record: None)
    assert lane is not None
    return lane


def spent(side: LanePath, stages: tuple[str, ...]) -> dict[str, int]:
    """Cost of some steps in ns, by account."""
    total = dict.fromkeys((account.label for account in Account), 0)
    for step in side.steps:
        if step.stage in stages:
            for label, ns in step.spent_ns.items():
                total[label] += ns
    return total


def accounts(race: Race, name: str, begin_ns: int, end_ns: int) -> dict[str, int]:
    """Change of a lane's accounts without a watch."""
    lane = unwatched(race, name, begin_ns - 1)
    lane.kernel.run_until(begin_ns)
    before = lane.kernel.totals()[0]
    lane.kernel.run_until(end_ns)
    after = lane.kernel.totals()[0]
    return {account.label: after[account] - before[account] for account in Account}


def kernels_end_ns(path: PacketPath) -> int:
    """End of the kernel's part of epoll's path in ns."""
    return max(step.end_ns for step in path.epoll.steps if step.stage in EPOLL_STAGES)


@pytest.mark.parametrize("words", [QUIET, BURSTS, BUSY, CHURN])
@pytest.mark.parametrize("which", [-1, -2, -4])
def test_the_steps_cost_what_the_lanes_accounts_change_by(words, which):
    race = raced(words)
    packet = packets(race)[which]
    path = follow(race, packet)
    at_ns = packet.at_ns
    end_ns = kernels_end_ns(path)
    assert spent(path.epoll, EPOLL_STAGES) == accounts(race, "epoll", at_ns, at_ns + end_ns)
    assert spent(path.select, SELECT_STAGES) == accounts(race, "select", at_ns, at_ns + path.select.total_ns)
    for side in (path.epoll, path.select):
        assert sum(step.cost_ns for step in side.steps) == side.total_ns
        for step in side.steps:
            assert sum(step.spent_ns.values()) == step.cost_ns
            assert all(ns > 0 for ns in step.spent_ns.values())


@given(
    fds=st.integers(2, 300),
    share=st.integers(1, 10_000),
    rate=st.sampled_from((500, 20_000, 120_000)),
    burst=st.integers(1, 12),
    seed=st.integers(0, 99),
    which=st.integers(1, 9),
)
@settings(max_examples=13)
def test_in_any_race_the_steps_follow_each_other_and_nothing_is_lost(fds, share, rate, burst, seed, which):
    scenario = Scenario(fds=fds, active=Share(share), rate=rate, burst=burst, seed=seed)
    race = Race(scenario)
    race.advance(20_000_000)
    known = packets(race)
    if not known:
        return
    packet = known[-min(which, len(known))]
    path = follow(race, packet)
    at_ns = packet.at_ns
    assert spent(path.epoll, EPOLL_STAGES) == accounts(race, "epoll", at_ns, at_ns + kernels_end_ns(path))
    assert spent(path.select, SELECT_STAGES) == accounts(race, "select", at_ns, at_ns + path.select.total_ns)
    for side, stages in ((path.epoll, (*EPOLL_STAGES, *LOOP_STAGES)), (path.select, SELECT_STAGES)):
        order = [stages.index(step.stage) for step in side.steps]
        assert order == sorted(order)
        for one, next_one in zip(side.steps, side.steps[1:], strict=False):
            assert one.end_ns == next_one.begin_ns


def test_a_packet_for_a_sleeping_server_takes_every_stage():
    race = raced(QUIET)
    path = follow(race, packets(race)[-1])
    assert tuple(step.stage for step in path.epoll.steps) == (*EPOLL_STAGES, *LOOP_STAGES)
    assert tuple(step.stage for step in path.select.steps) == SELECT_STAGES
    assert path.epoll.effect == Effect.READY_LIST | Effect.WOKE_EPOLL
    assert path.select.effect == Effect.WOKE_SCAN
    assert path.epoll.woke
    assert path.select.woke
    assert [pair for pair in STAGE_PAIRS if pair[0] == pair[1]] == [
        (stage, stage) for stage in SELECT_STAGES[:7]
    ] + [("wake", "wake")]
    assert len(path.step_pairs) == len(STAGE_PAIRS)


def test_each_stage_of_a_lone_packet_has_the_tables_price():
    race = raced(QUIET)
    path = follow(race, packets(race)[-1])
    costs = BUILT_IN
    epoll = {step.stage: step.cost_ns for step in path.epoll.steps}
    assert epoll["wire"] == epoll["dma"] == epoll["tcp"] == epoll["buffer"] == epoll["queue"] == 0
    assert epoll["interrupt"] == costs.interrupt_ns
    assert epoll["softirq"] == costs.softirq_ns
    assert epoll["callback"] == costs.callback_ns
    assert epoll["wake"] == costs.context_switch_ns
    assert epoll["return"] == 91  # one item of 90 ns, 12 bytes at 49 ps
    assert step_of(path.epoll, "return").spent_ns == {"scan": 90, "copy_out": 1}
    select = {step.stage: step for step in path.select.steps}
    assert select["scan"].after.scanned == 1_000
    assert select["scan"].spent_ns["scan"] == 26_000
    assert select["walk"].spent_ns == {"application": -(-1_005 * costs.walk_ps // 1000)}
    assert select["read"].spent_ns == {"socket_io": costs.read_ns + 4}
    for stage, part in (("tcp", "softirq"), ("list", "callback"), ("selector", "turn"), ("future", "handle")):
        assert step_of(path.epoll, stage).part_of == part


def test_the_loop_spends_its_prices_and_its_calls():
    race = raced(QUIET)
    path = follow(race, packets(race)[-1])
    handle = step_of(path.epoll, "handle").spent_ns
    assert handle["callback"] == BUILT_IN.loop_callback_ns
    clock_ns = handle["application"]
    assert 0 <= clock_ns < 100  # the loop reads the clock once
    assert handle["socket_io"] == BUILT_IN.read_ns + 4
    task = step_of(path.epoll, "task").spent_ns
    assert task["syscall"] == BUILT_IN.epoll_wait_ns  # it polls again, without waiting
    assert task["scan"] == 46  # and finds the item stale
    assert (task["loop"], task["callback"]) == (BUILT_IN.loop_turn_ns, BUILT_IN.loop_callback_ns)
    assert task["application"] == clock_ns
    assert step_of(path.epoll, "await").cost_ns == 0


def test_it_is_the_same_packet_on_both_sides():
    race = raced(BURSTS)
    for packet in packets(race)[-6:]:
        path = follow(race, packet)
        known = {
            (lane.name, record[2])
            for lane in race.frame().lanes
            for record in lane.records
            if record[1] == Kind.PACKET and record[5] == packet.serial
        }
        assert path.packet == packet
        assert path.epoll.fd == path.select.fd
        assert {fd for _, fd in known} <= {path.epoll.fd}
        assert path.size_bytes == 64
        for side in (path.epoll, path.select):
            assert side.burst == 3
            arrived, landed = step_of(side, "buffer").before, step_of(side, "buffer").after
            assert landed.buffer_bytes - arrived.buffer_bytes == 64


def test_the_states_are_the_kernels():
    race = raced(BURSTS)
    packet = packets(race)[-1]
    path = follow(race, packet)
    lane = unwatched(race, "epoll", packet.at_ns - 1)
    lane.kernel.run_until(packet.at_ns)
    ready = lane.kernel.epoll_calls.epolls[0].ready
    socket = socket_at(lane.kernel, path.epoll.fd)
    listed = step_of(path.epoll, "list")
    assert listed.after.ready == tuple(item.fd for item in ready)  # ours is the burst's last
    assert listed.before.ready == listed.after.ready[:-1]
    assert listed.after.ready[-1] == path.epoll.fd
    assert step_of(path.epoll, "buffer").after.mask == socket.mask
    assert step_of(path.epoll, "buffer").after.buffer_bytes == socket.received_bytes
    assert step_of(path.epoll, "queue").after.hooked == ("ep_poll_callback",)
    lane.kernel.run_until(packet.at_ns + kernels_end_ns(path))
    assert step_of(path.epoll, "return").after.events == tuple((item.fd, 1) for item in ready)
    assert path.epoll.ring_slot == (lane._counters().packets - 1) % RING_SLOTS


def test_packets_that_came_first_are_counted():
    race = raced(BURSTS)
    for packet in packets(race)[-3:]:
        side = follow(race, packet).select
        lane = unwatched(race, "select", packet.at_ns - 1)
        made = lane.journal.made
        lane.kernel.run_until(packet.at_ns + side.total_ns)
        records = lane.journal.since(made)
        read_at = next(at for at, r in enumerate(records) if r[1] == Kind.READ and r[2] == side.fd)
        return_at = max(at for at in range(read_at) if records[at][1] == Kind.RETURN)
        reads = [record for record in records[return_at:read_at] if record[1] == Kind.READ]
        assert step_of(side, "read").others == len(reads)
        assert step_of(side, "softirq").others == packet.serial % 3


def test_the_bitmap_has_our_bit_before_and_after():
    race = raced(QUIET)
    path = follow(race, packets(race)[-1])
    copied = step_of(path.select, "copy")
    bit = path.select.fd % 64
    assert copied.before.word >> bit & 1
    assert copied.after.word == 1 << bit
    assert copied.before.hooked == ("pollwake",)
    assert copied.after.hooked == ()


def test_the_line_after_await_is_exact():
    race = raced(QUIET)
    program = program_of(follow(race, packets(race)[-1]))
    lines, first = inspect.getsourcelines(echo_streams.echo)
    tree = ast.parse("".join(lines))
    loop = next(node for node in ast.walk(tree) if isinstance(node, ast.While))
    assert program.await_line == loop.body[0].lineno + first - 1
    assert program.next_line == loop.body[1].lineno + first - 1
    assert "await reader.read(" in program.lines[program.await_line - program.first_line]
    assert "writer.write(data)" in program.lines[program.next_line - program.first_line]
    assert [place.function for place in program.stack][:2] == ["echo", "StreamReader.read"]
    assert program.stack[0].line == program.await_line


def test_the_loops_structures_change_one_after_the_other():
    race = raced(BURSTS)
    path = follow(race, packets(race)[-2])
    assert program_of(path).connections == 3
    fd, task = path.epoll.fd, program_of(path).task
    queued = step_of(path.epoll, "selector")
    assert queued.before.handles == ()
    assert queued.after.handles == tuple(f"_read_ready fd {event[0]}" for event in queued.after.events)
    read = step_of(path.epoll, "handle")
    assert (read.before.buffer_bytes, read.after.buffer_bytes, read.after.read_bytes) == (64, 0, 64)
    assert f"_read_ready fd {fd}" in read.before.handles
    assert read.others == 1
    settled = step_of(path.epoll, "future")
    assert (settled.before.future, settled.after.future) == ("pending", "finished")
    assert (settled.before.stream_bytes, settled.after.stream_bytes) == (0, 64)
    assert settled.after.handles[-1] == f"{task}.wakeup"
    stepped = step_of(path.epoll, "task")
    assert (stepped.before.task, stepped.after.task) == ("ready", "running")
    went_on = step_of(path.epoll, "await")
    assert (went_on.before.line, went_on.after.line) == (
        program_of(path).await_line,
        program_of(path).next_line,
    )


def test_following_leaves_no_trace_in_the_race_and_gives_the_same_again():
    race, other = raced(BUSY, 5), raced(BUSY, 5)
    packet = packets(race)[-3]
    packets(other)
    first = follow(race, packet)
    assert follow(race, packet) == first
    for both in (race, other):
        both.advance(8_000_000)
    one, same = race.frame(), other.frame()
    assert [lane.counters for lane in one.lanes] == [lane.counters for lane in same.lanes]
    assert [lane.records for lane in one.lanes] == [lane.records for lane in same.lanes]


def test_a_lane_that_takes_no_part_is_started_for_it():
    race = raced("n=1000 active=1 rate=1k seed=7 lanes=poll")
    path = follow(race, packets(race)[-1])
    assert path.epoll.started_ns == path.select.started_ns
    assert path.epoll.started_ns
    assert path.select.step("read") is not None
    both = raced(QUIET)
    same = follow(both, packets(both)[-1])
    assert same.epoll.started_ns is None
    assert same.epoll.total_ns == path.epoll.total_ns


def test_a_mistake_is_not_made_on_the_path():
    race = raced("n=100 active=3 rate=2k seed=7 lanes=select|epoll fault=no-drain")
    path = follow(race, packets(race)[-1])
    assert path.epoll.started_ns is not None
    assert path.epoll.step("await") is not None


def test_select_beyond_fd_setsize_says_so():
    race = raced(f"{BURSTS} fd_setsize=on")
    path = follow(race, packets(race)[-1])
    assert path.select.failure is not None
    assert "FD_SETSIZE" in path.select.failure
    assert path.select.steps == ()
    assert path.epoll.step("await") is not None


def test_the_path_of_a_dropped_packet_ends_at_tcp():
    race = raced("n=16 active=all rate=200k churn=1M seed=7 lanes=select|epoll", 8)
    lane = race.frame().lanes[1]
    dropped = [record for record in lane.records if record[1] == Kind.DROP and record[3]]
    path = follow(race, FollowedPacket(dropped[-1][0], dropped[-1][5]))
    assert path.epoll.dropped
    assert [step.stage for step in path.epoll.steps] == list(EPOLL_STAGES[:5])
    assert path.program is None


def test_the_path_of_a_request_that_waits_at_its_client_ends_before_the_wire():
    race = raced("n=2 active=1 rate=1M payload=65536 seed=7 lanes=select|epoll", 3)
    lane = race.frame().lanes[1]
    held = [record for record in lane.records if record[1] == Kind.HELD]
    path = follow(race, FollowedPacket(held[-1][0], held[-1][5]))
    assert path.epoll.effect & (Effect.HELD | Effect.UNSENT)
    assert [step.stage for step in path.epoll.steps] == ["wire"]
    assert path.program is None


def test_if_interrupts_take_all_the_cpu_the_path_says_so():
    race = raced("n=2000 active=all rate=1M burst=1 seed=7 lanes=epoll", 4)
    path = follow(race, packets(race)[-1])
    assert "interrupts take all the CPU" in path.epoll.unfinished
    assert path.epoll.steps[-1].stage == "list"


def test_under_churn_the_listening_socket_is_no_connection_of_the_loop():
    race = raced(CHURN)
    paths = [follow(race, packet) for packet in packets(race)[-12:]]
    with_listener = [path for path in paths if (3, 1) in step_of(path.epoll, "return").after.events]
    assert with_listener
    for path in with_listener:
        assert 3 not in {fd for fd, _ in step_of(path.epoll, "selector").after.events}
        assert (
            step_of(path.epoll, "selector").after.events_count
            == step_of(path.epoll, "return").after.events_count - 1
        )


def test_a_handshake_or_a_packet_that_never_comes_has_no_path():
    race = raced(CHURN)
    records = race.frame().lanes[-1].records
    handshake = next(record for record in records if record[1] == Kind.PACKET and not record[3])
    with pytest.raises(ValueError, match="carries no data"):
        follow(race, FollowedPacket(handshake[0], handshake[5]))
    with pytest.raises(ValueError, match="no packet 1 arrives at 17 ns"):
        follow(race, FollowedPacket(17, 1))


def test_a_packet_that_is_still_to_come_can_be_followed():
    race = raced(BURSTS)
    settings_now = race.settings_at(race.now_ns)
    slots = range(3_644, 3_645)
    packet = next_packet(settings_now, race.now_ns, slots)
    assert packet is not None
    assert packet.at_ns > race.now_ns
    path = follow(race, packet)
    assert path.epoll.fd == race.frame().lanes[0].first_fd + 3_644
    assert next_packet(settings_now, race.now_ns, range(1)) is None
    silent = Race(replace(race.scenario, rate=0))
    assert next_packet(silent.settings_at(0), 0) is None
