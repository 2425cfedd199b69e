"""The scheduler: the order and the times of tasks, and the cost of a switch, exact for any steps of time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.machine.accounts import Account
from sim.machine.scheduler import ScheduledTask, Scheduler
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, Script, connections, totals

SWITCH_NS = ROUND_COSTS.context_switch_ns
SLICE_NS = 10_000
COSTS = replace(
    ROUND_COSTS,
    slice_ns=SLICE_NS,
    refill_ps=1_000,
    thread_working_set_bytes=100,
    cache_bytes=400,
    address_space_ns=300,
)
REFILL_NS = 100
"""A working set of 100 bytes at a nanosecond each; four of them fit into the cache."""
COLD_NS = SWITCH_NS + REFILL_NS


def machine() -> tuple[Kernel, Scheduler]:
    kernel = Kernel(COSTS)
    return kernel, Scheduler(kernel, COSTS.thread_working_set_bytes)


class Log:
    """The steps of all tasks: the time at which each began, and its task."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.lines: list[tuple[int, str]] = []

    def computing(self, *steps_ns: int):
        def body(task: ScheduledTask):
            for step_ns in steps_ns:
                self.lines.append((self.kernel.now_ns, task.name))
                self.kernel.work(step_ns)
                yield
            self.lines.append((self.kernel.now_ns, f"{task.name} over"))

        return body


def wake_at(kernel: Kernel, at_ns: int, task: ScheduledTask) -> None:
    def wake() -> None:
        assert kernel.wake(task)

    kernel.timers.set(at_ns, wake)


def test_tasks_that_compute_take_turns_of_a_slice():
    kernel, scheduler = machine()
    log = Log(kernel)
    for name in "ab":
        scheduler.start(log.computing(*[SLICE_NS] * 3), name)
    kernel.run_until(200_000)
    turns, now_ns = [], 0
    for step in range(3):
        for name in "ab":
            now_ns += COLD_NS if step == 0 else SWITCH_NS
            turns.append((now_ns, name))
            now_ns += SLICE_NS
    begun = [line for line in log.lines if "over" not in line[1]]
    assert begun == turns
    assert scheduler.preemptions == 6  # each task still has to end after its last slice
    assert totals(kernel)["application"] == 6 * SLICE_NS


def test_a_step_longer_than_a_slice_is_cut_and_continues_later():
    kernel, scheduler = machine()
    log = Log(kernel)
    scheduler.start(log.computing(25_000), "long")
    scheduler.start(log.computing(4_000), "short")
    kernel.run_until(100_000)
    long_ns = COLD_NS
    short_ns = long_ns + SLICE_NS + COLD_NS
    again_ns = short_ns + 4_000 + SWITCH_NS
    assert log.lines == [
        (long_ns, "long"),
        (short_ns, "short"),
        (short_ns + 4_000, "short over"),
        (again_ns + 15_000, "long over"),
    ]
    counted = totals(kernel)
    assert counted["application"] == 29_000
    assert counted["context_switches"] == 4
    assert counted["idle"] == 100_000 - 29_000 - 2 * COLD_NS - 2 * SWITCH_NS


def test_a_task_alone_is_not_preempted():
    kernel, scheduler = machine()
    log = Log(kernel)
    scheduler.start(log.computing(100 * SLICE_NS, 5), "a")
    kernel.run_until(200 * SLICE_NS)
    assert log.lines[-1] == (COLD_NS + 100 * SLICE_NS + 5, "a over")
    assert scheduler.preemptions == 0
    assert totals(kernel)["context_switches"] == 2


def test_a_woken_task_waits_for_the_end_of_the_slice():
    kernel, scheduler = machine()
    log = Log(kernel)
    scheduler.start(log.computing(SLICE_NS // 2, SLICE_NS), "running")
    late = scheduler.make_blocked(log.computing(100), "woken", -1, 0)
    wake_at(kernel, COLD_NS + 1_000, late)
    kernel.run_until(100_000)
    assert (COLD_NS + SLICE_NS + COLD_NS, "woken") in log.lines
    assert scheduler.preemptions == 1


def test_a_woken_task_runs_at_once_when_the_slice_has_long_been_over():
    kernel, scheduler = machine()
    log = Log(kernel)
    scheduler.start(log.computing(5 * SLICE_NS), "running")
    late = scheduler.make_blocked(log.computing(100), "woken", -1, 0)
    woken_ns = COLD_NS + 3 * SLICE_NS
    wake_at(kernel, woken_ns, late)
    kernel.run_until(100_000)
    assert (woken_ns + COLD_NS, "woken") in log.lines


def test_having_slept_gives_no_credit():
    # The sleeper has not run, and the other task has run for ten slices. They still share the CPU equally.
    kernel, scheduler = machine()
    ran = {"worker": 0, "sleeper": 0}

    def body(task: ScheduledTask):
        while True:
            ran[task.name] += 1
            kernel.work(1_000)
            yield

    scheduler.start(body, "worker")
    sleeper = scheduler.make_blocked(body, "sleeper", -1, 0)
    kernel.run_until(10 * SLICE_NS)
    before = ran["worker"]
    kernel.book_idle()
    kernel.wake(sleeper)
    kernel.run_until(50 * SLICE_NS)
    assert abs(ran["worker"] - before - ran["sleeper"]) <= SLICE_NS // 1_000


def blocking(kernel: Kernel, rounds: int):
    """A task that computes for 10 ns and sleeps until it is woken."""

    def body(task: ScheduledTask):
        for _ in range(rounds):
            kernel.work(10)
            kernel.block()
            yield

    return body


def wake_in_turn(kernel: Kernel, tasks: list[ScheduledTask], rounds: int) -> int:
    """Wake the tasks one by one, far apart. Returns the time in ns spent on switches."""
    before = totals(kernel)["context_switch"]
    for _ in range(rounds):
        for task in tasks:
            kernel.book_idle()
            assert kernel.wake(task)
            kernel.run_until(kernel.now_ns + 10_000)
    return totals(kernel)["context_switch"] - before


@pytest.mark.parametrize(("count", "refills"), [(1, 0), (4, 0), (5, 1), (40, 1)])
def test_a_working_set_comes_back_only_if_the_cache_could_not_keep_it(count, refills):
    kernel, scheduler = machine()
    tasks = [scheduler.start(blocking(kernel, 9), str(number)) for number in range(count)]
    kernel.run_until(1_000_000)
    spent_ns = wake_in_turn(kernel, tasks, 3)
    # Each wake-up costs a switch from the idle task and a switch back to it.
    assert spent_ns == 3 * count * (2 * SWITCH_NS + refills * REFILL_NS)


def test_another_address_space_costs_more_at_each_switch_between_tasks():
    kernel, scheduler = machine()
    tasks = [scheduler.start(blocking(kernel, 9), str(space), space=space) for space in range(3)]
    kernel.run_until(1_000_000)
    assert wake_in_turn(kernel, tasks, 3) == 9 * (2 * SWITCH_NS + COSTS.address_space_ns)
    assert wake_in_turn(kernel, tasks[:1], 1) == 2 * SWITCH_NS + COSTS.address_space_ns
    # The idle task uses the address space of the task before it.
    assert wake_in_turn(kernel, tasks[:1], 1) == 2 * SWITCH_NS


def test_from_task_to_task_is_one_switch():
    kernel, scheduler = machine()
    tasks = [scheduler.start(blocking(kernel, 2), str(number)) for number in range(3)]
    kernel.run_until(1_000_000)
    before = totals(kernel)["context_switches"]
    kernel.book_idle()
    for task in tasks:
        kernel.wake(task)
    kernel.run_until(2_000_000)
    assert totals(kernel)["context_switches"] - before == 3 + 1


def test_an_error_in_one_task_ends_them_all_at_that_moment():
    kernel, scheduler = machine()
    log = Log(kernel)

    def failing(task: ScheduledTask):
        kernel.work(500)
        yield
        raise ValueError("a bug")

    scheduler.start(failing, "failing")
    scheduler.start(log.computing(100, 100), "other")
    kernel.run_until(100_000)
    assert scheduler.failed is not None
    assert isinstance(scheduler.failed.error, ValueError)
    assert log.lines == []
    assert totals(kernel)["idle"] == 100_000 - COLD_NS - 500 - SWITCH_NS


# --- with interrupts, at every nanosecond ---------------------------------------------------------

TASKS = st.lists(st.lists(st.integers(0, 30_000), min_size=1, max_size=4), min_size=1, max_size=4)
PACKETS = st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 3)), min_size=1, max_size=12)


def racing(tasks: list[list[int]], packets: list[tuple[int, int]]) -> Kernel:
    kernel, scheduler = machine()
    connections(kernel, 4, Script(sorted(packets)))
    log = Log(kernel)
    for number, steps in enumerate(tasks):
        scheduler.start(log.computing(*steps), str(number), space=number % 2)
    return kernel


@settings(max_examples=80)
@given(TASKS, PACKETS, st.integers(0, 60_000))
def test_nanosecond_by_nanosecond_exactly_one_account_grows_by_one(tasks, packets, begin_ns):
    kernel = racing(tasks, packets)
    kernel.run_until(begin_ns)
    before = totals(kernel)
    for now_ns in range(begin_ns + 1, begin_ns + 400):
        kernel.run_until(now_ns)
        now = totals(kernel)
        grown = [account.label for account in Account if now[account.label] != before[account.label]]
        assert len(grown) == 1, (now_ns, grown)
        assert now[grown[0]] == before[grown[0]] + 1
        before = now


@settings(max_examples=80)
@given(TASKS, PACKETS, st.lists(st.integers(0, 200_000), max_size=20))
def test_running_in_any_steps_gives_the_same(tasks, packets, cuts):
    whole, pieces = racing(tasks, packets), racing(tasks, packets)
    whole.run_until(200_000)
    for cut_ns in sorted(cuts):
        pieces.run_until(cut_ns)
        pieces.totals()
    pieces.run_until(200_000)
    assert totals(whole) == totals(pieces)
    assert totals(whole)["application"] <= sum(map(sum, tasks))


@settings(max_examples=40)
@given(TASKS, PACKETS)
def test_the_next_event_is_never_missed_and_never_in_the_past(tasks, packets):
    stepped, run = racing(tasks, packets), racing(tasks, packets)
    while stepped.next_due_ns() <= 150_000:
        due_ns = stepped.next_due_ns()
        assert due_ns >= stepped.now_ns
        stepped.run_until(due_ns)
    stepped.run_until(150_000)
    run.run_until(150_000)
    assert totals(stepped) == totals(run)
