"""select and poll do the same work as Linux's: their counts follow the formulas."""

from __future__ import annotations

import pytest

from sim.kernel import poll_bits
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, arrive, bitmap, measure, pairs, pollfds, reading

SIZES = [1, 2, 63, 64, 65, 200, 1000]


def idle(count: int) -> tuple[Kernel, list[int]]:
    kernel = Kernel(ROUND_COSTS)
    return kernel, pairs(kernel, count)[0]


def bitmap_bytes(nfds: int) -> int:
    return 8 * -(-nfds // 64)


@pytest.mark.parametrize("count", SIZES)
def test_a_select_that_slept_checks_every_descriptor_twice_and_hooks_each_once(count):
    kernel, fds = idle(count)
    nfds = max(fds) + 1
    readable = bitmap(fds, nfds)
    arrive(kernel, fds[count // 2], 50_000_000)
    work = measure(kernel, kernel.sys_select(nfds, readable))
    assert work.result == 1
    assert readable.tolist() == bitmap([fds[count // 2]], nfds).tolist()
    assert (work.scanned, work.passes, work.hooks, work.ready) == (2 * count, 2, count, 1)
    assert (work.syscalls, work.wakeups, work.context_switches) == (1, 1, 2)
    assert work.scan == 2 * count * 10
    assert work.wait_queue == count * 30
    assert work.syscall == 3_000
    assert work.context_switch == 2_200


@pytest.mark.parametrize("count", SIZES)
def test_a_poll_that_slept_checks_every_descriptor_twice_and_hooks_each_once(count):
    kernel, fds = idle(count)
    entries = reading(fds)
    arrive(kernel, fds[-1], 50_000_000)
    work = measure(kernel, kernel.sys_poll(entries))
    assert work.result == 1
    assert entries["revents"].tolist() == [0] * (count - 1) + [poll_bits.IN]
    assert (work.scanned, work.passes, work.hooks, work.ready) == (2 * count, 2, count, 1)
    assert (work.copied_in_bytes, work.copied_out_bytes) == (8 * count, 2 * count)
    assert work.copy_in == 8 * count
    assert work.copy_out == 2 * count
    assert work.syscall == 2_000


@pytest.mark.parametrize("first_ready", [0, 1, 17, 99])
@pytest.mark.parametrize("others", [0, 3])
def test_a_scan_that_is_ready_at_once_makes_one_pass_with_hooks_up_to_the_first_ready_descriptor(
    first_ready, others
):
    # __pollwait runs inside ->poll, before the mask is known, so the first ready descriptor is hooked too.
    kernel, fds = idle(100)
    ready = sorted({first_ready, *range(99, 99 - others, -1)} - set(range(first_ready)))
    for index in ready:
        arrive(kernel, fds[index], 0)
    kernel.run_until(1_000_000)
    nfds = max(fds) + 1
    for work in (
        measure(kernel, kernel.sys_select(nfds, bitmap(fds, nfds))),
        measure(kernel, kernel.sys_poll(reading(fds))),
    ):
        assert work.result == len(ready)
        assert (work.scanned, work.passes, work.hooks) == (100, 1, first_ready + 1)
        assert work.wait_queue == (first_ready + 1) * 30
        assert (work.ready, work.wakeups, work.context_switches) == (len(ready), 1, 0)


def test_a_timeout_of_zero_hooks_nothing_and_makes_one_pass():
    kernel, fds = idle(100)
    nfds = max(fds) + 1
    for work in (
        measure(kernel, kernel.sys_select(nfds, bitmap(fds, nfds), timeout_ns=0)),
        measure(kernel, kernel.sys_poll(reading(fds), timeout_ns=0)),
    ):
        assert (work.result, work.scanned, work.passes, work.hooks) == (0, 100, 1, 0)
        assert (work.wakeups, work.context_switches, work.wait_queue) == (0, 0, 0)


def test_a_timeout_makes_the_last_pass_too():
    kernel, fds = idle(100)
    nfds = max(fds) + 1
    for program in (
        kernel.sys_select(nfds, bitmap(fds, nfds), timeout_ns=1_000_000),
        kernel.sys_poll(reading(fds), timeout_ns=1_000_000),
    ):
        begin_ns = kernel.now_ns
        work = measure(kernel, program)
        assert (work.result, work.scanned, work.passes, work.hooks) == (0, 200, 2, 100)
        assert (work.wakeups, work.context_switches) == (0, 2)
        assert kernel.now_ns - begin_ns > 1_000_000


def test_a_descriptor_that_becomes_ready_at_the_moment_of_the_timeout_is_reported():
    kernel, fds = idle(10)
    nfds = max(fds) + 1
    kernel.run_until(1_000_000)
    program = kernel.sys_select(nfds, bitmap(fds, nfds), timeout_ns=500_000)
    arrive(kernel, fds[4], 1_500_000)
    work = measure(kernel, program)
    assert (work.result, work.passes) == (1, 2)


def test_a_timeout_shorter_than_the_first_pass_still_makes_the_last_one():
    kernel, fds = idle(1000)
    nfds = max(fds) + 1
    work = measure(kernel, kernel.sys_select(nfds, bitmap(fds, nfds), timeout_ns=10))
    assert (work.result, work.scanned, work.passes, work.hooks, work.context_switches) == (
        0,
        2000,
        2,
        1000,
        0,
    )


@pytest.mark.parametrize("nfds_over", [0, 1, 5, 63, 64])
@pytest.mark.parametrize(("given", "sets"), [("r", 1), ("w", 1), ("re", 2), ("rwe", 3), ("", 0)])
@pytest.mark.parametrize("timeout_ns", [None, 0, 40_000])
def test_bytes_that_select_copies(nfds_over, given, sets, timeout_ns):
    kernel, fds = idle(100)
    spare = [kernel.sys_dup(fds[0]) for _ in range(nfds_over)]
    nfds = max([*fds, *spare]) + 1
    first, second, third = (bitmap(fds[:3], nfds) if letter in given else None for letter in "rwe")
    arrive(kernel, fds[1], 0)
    kernel.run_until(1_000_000)
    if not given and timeout_ns is None:
        timeout_ns = 0  # nothing to wait for, for ever
    work = measure(kernel, kernel.sys_select(nfds, first, second, third, timeout_ns))
    sets_bytes = sets * bitmap_bytes(nfds)
    assert work.copied_in_bytes == sets_bytes + (16 if timeout_ns is not None else 0)
    assert work.copied_out_bytes == sets_bytes + (16 if timeout_ns else 0)
    assert work.copy_in == work.copied_in_bytes
    assert work.copy_out == work.copied_out_bytes


def test_nfds_is_cut_to_what_the_process_has():
    kernel, fds = idle(10)
    arrive(kernel, fds[0], 0)
    kernel.run_until(1_000_000)
    readable = bitmap(fds, 100_000)
    work = measure(kernel, kernel.sys_select(100_000, readable))
    assert work.result == 1
    assert work.copied_in_bytes == bitmap_bytes(max(fds) + 2)


def test_poll_takes_its_timeout_in_a_register():
    kernel, fds = idle(10)
    for timeout_ns in (0, 1_000):
        work = measure(kernel, kernel.sys_poll(reading(fds), timeout_ns=timeout_ns))
        assert (work.copied_in_bytes, work.copied_out_bytes) == (80, 20)


def test_poll_walks_every_entry_given_also_negative_and_closed_and_repeated_ones():
    kernel, fds = idle(4)
    closed = kernel.sys_dup(fds[0])
    kernel.sys_close(closed)
    entries = pollfds(
        [(-1, poll_bits.IN), (fds[0], poll_bits.IN), (closed, poll_bits.IN), (fds[0], poll_bits.OUT)]
    )
    work = measure(kernel, kernel.sys_poll(entries))
    assert work.result == 2
    assert entries["revents"].tolist() == [0, 0, poll_bits.NVAL, poll_bits.OUT]
    assert (work.scanned, work.hooks, work.ready) == (4, 3, 2)
    assert (work.copied_in_bytes, work.copied_out_bytes) == (32, 8)


def test_sparse_sets_pay_for_copied_words_and_checked_bits():
    kernel, fds = idle(1000)
    asked = fds[::100]
    nfds = max(fds) + 1
    arrive(kernel, asked[-1], 0)
    kernel.run_until(1_000_000)
    work = measure(kernel, kernel.sys_select(nfds, bitmap(asked, nfds)))
    assert (work.scanned, work.copied_in_bytes) == (len(asked), bitmap_bytes(nfds))


def test_the_three_sets_are_walked_as_one():
    kernel, fds = idle(50)
    nfds = max(fds) + 1
    readable, writable, exceptional = (bitmap(part, nfds) for part in (fds[:30], fds[20:40], fds[25:50]))
    arrive(kernel, fds[3], 0)
    kernel.run_until(1_000_000)
    work = measure(kernel, kernel.sys_select(nfds, readable, writable, exceptional))
    assert work.scanned == 50
    assert work.ready == 21
    assert work.result == 1 + 20  # bits over the three sets
    assert readable.tolist() == bitmap([fds[3]], nfds).tolist()
    assert writable.tolist() == bitmap(fds[20:40], nfds).tolist()
    assert not exceptional.any()


def test_calls_keep_nothing_between_them():
    # The second call pays the whole cost again.
    kernel, fds = idle(64)
    nfds = max(fds) + 1
    costs = []
    for _ in range(3):
        arrive(kernel, fds[7], kernel.now_ns + 10_000_000)
        work = measure(kernel, kernel.sys_select(nfds, bitmap(fds, nfds)))
        kernel.sys_read(fds[7], 100)
        costs.append((work.scanned, work.hooks, work.copied_in_bytes, work.copied_out_bytes))
    assert costs == [costs[0]] * 3


@pytest.mark.parametrize(
    ("mask", "readable", "writable", "exceptional"),
    [
        (poll_bits.IN, True, False, False),
        (poll_bits.HUP, True, False, False),
        (poll_bits.ERR, True, True, False),
        (poll_bits.OUT, False, True, False),
        (poll_bits.PRI, False, False, True),
        (poll_bits.RDHUP, False, False, False),
    ],
)
def test_what_each_poll_bit_means_to_the_three_sets(mask, readable, writable, exceptional):
    kernel, fds = idle(1)
    kernel.table.file(fds[0]).set_mask(mask)
    sets = [bitmap(fds, fds[0] + 1) for _ in range(3)]
    measure(kernel, kernel.sys_select(fds[0] + 1, sets[0], sets[1], sets[2], timeout_ns=0))
    assert [bool(words.any()) for words in sets] == [readable, writable, exceptional]
