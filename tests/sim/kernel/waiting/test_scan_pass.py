"""A pass of select or poll against a slow reference that walks descriptor by descriptor.

The simulator does not walk: it computes the position of the front from the time. The reference walks one
descriptor after the other, and each interrupt takes its time at the moment at which it comes. Both must agree
about the time at which each descriptor is checked, the descriptors found, and the front at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.machine.costs import CostTable
from sim.machine.records import Effect, Kind
from sim.machine.task import Task
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, Script, bitmap, connections, reading, totals

Packets = list[tuple[int, int]]


@dataclass
class Walk:
    """One pass of the reference."""

    start_ns: int
    found: list[int] = field(default_factory=list)
    looked_at_ns: list[int] = field(default_factory=list)
    hooked: int = 0
    end_ns: int = 0
    effects: dict[int, int] = field(default_factory=dict)
    """Position of each packet in relation to the front, by number of the packet."""


def walk(
    start_ns: int, count: int, costs: CostTable, hooking: bool, ready: set[int], packets: Packets, first: int
) -> tuple[Walk, int]:
    """Walk over all descriptors; also gives the number of the next packet."""
    result = Walk(start_ns)
    now_ps, upcoming = start_ns * 1000, first
    fresh: list[int] = []
    for rank in range(count):
        now_ps += costs.scan_ps
        if hooking and not result.found:
            now_ps += costs.hook_ps
            result.hooked = rank + 1
        while upcoming < len(packets) and packets[upcoming][0] * 1000 < now_ps:
            time_ns, slot = packets[upcoming]
            seen = slot < rank and slot not in result.found
            result.effects[upcoming] = Effect.SCAN_BEHIND if seen else Effect.SCAN_AHEAD
            ready.add(slot)
            fresh.append(slot)
            upcoming += 1
            now_ps += costs.softirq_ns * 1000
            if upcoming == len(packets) or packets[upcoming][0] != time_ns:
                now_ps += costs.interrupt_ns * 1000
        result.looked_at_ns.append(-(-now_ps // 1000))
        if rank in ready:
            result.found.append(rank)
    result.end_ns = -(-now_ps // 1000)
    return result, upcoming


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, CostTable, Packets, str]:
    count = draw(st.integers(1, 24))
    costs = replace(
        ROUND_COSTS,
        select_ns=draw(st.integers(0, 200)),
        poll_ns=draw(st.integers(0, 200)),
        copy_ps=0,
        scan_ps=(scan_ps := draw(st.integers(1, 90_000))),
        poll_scan_ps=scan_ps,
        hook_ps=draw(st.integers(0, 90_000)),
        interrupt_ns=draw(st.integers(0, 300)),
        softirq_ns=draw(st.integers(1, 300)),
    )
    times = sorted(draw(st.lists(st.integers(1, 4_000), min_size=1, max_size=12)))
    packets = [(time_ns, draw(st.integers(0, count - 1))) for time_ns in times]
    return count, costs, packets, draw(st.sampled_from(["select", "poll"]))


def begin(case) -> tuple[Kernel, Task, Walk, int]:
    """Start the call on both sides: the kernel at time 0, the reference's first pass, its next packet."""
    count, costs, packets, way = case
    kernel = Kernel(costs)
    _, fds = connections(kernel, count, Script(packets, b"x"))
    nfds = fds[-1] + 1
    program = kernel.sys_select(nfds, bitmap(fds, nfds)) if way == "select" else kernel.sys_poll(reading(fds))
    task = kernel.start(program)
    start_ns = costs.select_ns if way == "select" else costs.poll_ns
    return kernel, task, *walk(start_ns, count, costs, True, set(), packets, 0)


@settings(max_examples=400)
@given(cases(), st.integers(0, 8_000))
def test_the_front_is_where_a_walk_would_be(case, stop_ns):
    kernel, _, first, _ = begin(case)
    kernel.run_until(stop_ns)
    scan = kernel.scan_calls.passes[0]
    assert scan.start_ns == first.start_ns
    if stop_ns > first.end_ns:  # a packet in the nanosecond in which the pass ends comes after the pass
        assert (scan.end_ns, scan.found, scan.hook_limit) == (first.end_ns, first.found, first.hooked)
    looked_at_ns = [time_ns if time_ns <= stop_ns else None for time_ns in first.looked_at_ns]
    assert [scan.looked_at_ns(rank, stop_ns) for rank in range(len(looked_at_ns))] == looked_at_ns
    assert scan.position(stop_ns) == len(looked_at_ns) - looked_at_ns.count(None)


@settings(max_examples=300)
@given(cases())
def test_each_packet_s_record_says_if_it_was_ahead_of_the_front(case):
    kernel, _, first, _ = begin(case)
    kernel.run_until(first.end_ns)
    effects = {record[5]: record[4] for record in kernel.journal.records if record[1] == Kind.PACKET}
    assert {number: effects[number] for number in first.effects} == first.effects


@settings(max_examples=200)
@given(cases())
def test_a_packet_behind_a_hooked_front_means_another_pass_without_sleeping(case):
    count, costs, packets, _ = case
    kernel, task, first, upcoming = begin(case)
    kernel.run_until(20_000)
    assert task.done
    asleep = any(record[1] == Kind.SLEEP for record in kernel.journal.records)
    missed = bool(first.effects) and not first.found
    assert asleep == (not first.found and not missed)
    passes = list(kernel.scan_calls.passes)
    assert len(passes) == (1 if first.found else 2)
    if missed:
        ready = {packets[number][1] for number in first.effects}
        second, _ = walk(first.end_ns, count, costs, False, ready, packets, upcoming)
        assert (passes[1].start_ns, passes[1].end_ns) == (first.end_ns, second.end_ns)
        assert (passes[1].found, passes[1].hook_limit) == (second.found, 0)


@settings(max_examples=150)
@given(cases(), st.integers(2, 6_000))
def test_a_pass_stopped_in_the_middle_has_spent_and_counted_its_exact_part(case, stop_ns):
    _, costs, packets, _ = case
    kernel, _, first, _ = begin(case)
    stop_ns = min(stop_ns, first.end_ns - 1)
    kernel.run_until(stop_ns)
    now = totals(kernel)
    position = sum(time_ns <= stop_ns for time_ns in first.looked_at_ns)
    assert now["scanned"] == position
    assert now["hooks"] == min(position, kernel.scan_calls.passes[0].hook_limit)
    assert now["ready"] == sum(rank < position for rank in first.found)
    taken = [time_ns for time_ns, _ in packets if time_ns <= stop_ns]
    assert now["interrupt"] <= len(set(taken)) * costs.interrupt_ns + len(taken) * costs.softirq_ns
    assert sum(now[label] for label in ("syscall", "copy_in", "scan", "wait_queue", "interrupt")) == stop_ns


def test_a_wake_up_that_found_nothing_leaves_the_entries_hooked():
    # Two tasks wait for the same sockets, and the task that wakes first takes the data. The other task's
    # second pass finds nothing. A packet that arrives behind the front of that pass must wake the task: the
    # entries of the first pass are still on the wait queues.
    kernel = Kernel(replace(ROUND_COSTS, scan_ps=1_000_000, hook_ps=0))
    _, fds = connections(kernel, 20, Script([(1_000_000, 0), (1_020_000, 1)], b"x"))
    nfds = fds[-1] + 1

    def taker():
        while True:
            yield from kernel.sys_poll(reading(fds[:1]))
            kernel.sys_read(fds[0], 64)
            yield

    kernel.start(taker())
    kernel.run_until(100_000)
    task = kernel.start(kernel.sys_select(nfds, bitmap(fds, nfds)))
    kernel.run_until(1_020_000)
    assert (kernel.scan_calls.passes[-1].number, kernel.scan_calls.passes[-1].found) == (2, [])
    assert kernel.journal.records[-1][4] == Effect.SCAN_BEHIND
    kernel.run_until(2_000_000)
    assert task.done
    assert task.result == 1
    assert (kernel.scan_calls.passes[-1].number, kernel.scan_calls.passes[-1].found) == (3, [1])
