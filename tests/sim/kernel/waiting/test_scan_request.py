"""The request of a call, computed with vectors, beside the same computed with Python sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernel import poll_bits
from sim.kernel.waiting.scan_request import (
    POLLFD,
    ListedPollRequest,
    ListedSelectRequest,
    PollRequest,
    SelectRequest,
    bit_numbers,
    clear_bit,
    set_bit,
    set_bits,
    words_for,
)
from sim.machine.costs import BUILT_IN
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, arrive, bitmap, measure, pairs, pollfds

SETS = (poll_bits.READABLE_SET, poll_bits.WRITABLE_SET, poll_bits.EXCEPTIONAL_SET)
MASKS = st.sampled_from(
    [
        0,
        poll_bits.IN | poll_bits.RDNORM,
        poll_bits.OUT | poll_bits.WRNORM,
        poll_bits.IN | poll_bits.OUT,
        poll_bits.PRI,
        poll_bits.HUP,
        poll_bits.ERR,
        poll_bits.RDHUP,
    ]
)


@st.composite
def select_asks(draw: st.DrawFn):
    nfds = draw(st.integers(0, 200))
    numbers = st.frozensets(st.integers(0, max(0, nfds - 1)), max_size=nfds)
    sets = [draw(st.none() | numbers) if nfds else None for _ in range(3)]
    masks = np.array(draw(st.lists(MASKS, min_size=nfds, max_size=nfds)), dtype=np.uint16)
    bitmaps = [None if fds is None else bitmap(fds, nfds) for fds in sets]
    return nfds, sets, masks, SelectRequest(nfds, (bitmaps[0], bitmaps[1], bitmaps[2]))


@given(select_asks())
def test_select_walks_the_union_upwards(case):
    nfds, sets, _, ask = case
    union = sorted(frozenset().union(*(fds for fds in sets if fds)))
    assert ask.count == len(union)
    assert [ask.fd_at(rank) for rank in range(len(union))] == union
    assert ask.fd_at(len(union)) == nfds
    ranks = {fd: rank for rank, fd in enumerate(union)}
    for fd in range(nfds + 70):
        assert ask.rank(fd) == ranks.get(fd)


@given(select_asks())
def test_select_s_answer(case):
    nfds, sets, masks, ask = case
    asked = [(fds, mask) for fds, mask in zip(sets, SETS, strict=True) if fds is not None]
    union = sorted(frozenset().union(*(fds for fds, _ in asked)))
    hits = [{fd for fd in fds if int(masks[fd]) & mask} for fds, mask in asked]
    ready = [rank for rank, fd in enumerate(union) if any(fd in found for found in hits)]
    assert ask.ready_ranks(masks) == ready
    results = ask.results(ready, masks)
    assert [set(bit_numbers(words, nfds).tolist()) for words in results] == hits
    # Only the descriptors that the pass found are reported, not those that became ready later.
    some = ready[::2]
    for words, found in zip(ask.results(some, masks), hits, strict=True):
        assert set(bit_numbers(words, nfds).tolist()) == found & {union[rank] for rank in some}


@given(select_asks(), MASKS)
def test_the_events_that_select_waits_for_on_a_descriptor(case, mask):
    nfds, sets, _, ask = case
    for fd in range(nfds + 70):
        wanted = 0
        for fds, bits in zip(sets, SETS, strict=True):
            if fds and fd in fds:
                wanted |= bits
        assert ask.wanted(fd) == wanted
        assert ask.hits(fd, mask) == ([ask.rank(fd)] if wanted & mask else [])


@st.composite
def poll_asks(draw: st.DrawFn):
    limit = draw(st.integers(1, 40))
    fds = draw(st.lists(st.integers(-3, limit + 3), max_size=60))
    if draw(st.booleans()):
        fds = sorted(set(fds))
    events = draw(st.lists(MASKS, min_size=len(fds), max_size=len(fds)))
    masks = np.array(
        draw(st.lists(MASKS | st.just(poll_bits.NVAL), min_size=limit, max_size=limit)), np.uint16
    )
    return fds, events, masks, PollRequest(pollfds(list(zip(fds, events, strict=True))), limit)


def revents_of(fd: int, events: int, masks) -> int:
    if fd < 0:
        return 0
    mask = int(masks[fd]) if fd < len(masks) else poll_bits.NVAL
    return mask & (events | poll_bits.ERR | poll_bits.HUP | poll_bits.NVAL)


@given(poll_asks())
def test_poll_walks_the_array_as_it_is(case):
    fds, events, masks, ask = case
    revents = [revents_of(fd, wanted, masks) for fd, wanted in zip(fds, events, strict=True)]
    assert ask.count == len(fds)
    assert ask.answers(masks).tolist() == revents
    assert ask.ready_ranks(masks) == [rank for rank, bits in enumerate(revents) if bits]
    assert [ask.fd_at(rank) for rank in range(len(fds))] == fds
    for fd in range(len(masks) + 5):
        assert ask.rank(fd) == (fds.index(fd) if fd in fds else None)


@given(poll_asks(), MASKS)
def test_the_events_that_poll_waits_for_on_a_descriptor_even_if_it_is_named_twice(case, mask):
    fds, events, masks, ask = case
    always = poll_bits.ERR | poll_bits.HUP | poll_bits.NVAL
    for fd in range(len(masks) + 5):
        ranks = [rank for rank, other in enumerate(fds) if other == fd]
        wanted = 0
        for rank in ranks:
            wanted |= events[rank] | always
        assert ask.wanted(fd) == wanted
        assert ask.hits(fd, mask) == [rank for rank in ranks if mask & (events[rank] | always)]


def _same_answers(listed, vector, masks) -> None:
    """Check that a list of descriptors gives the same answers as the vector."""
    assert listed.count == vector.count
    assert listed.each_ps(BUILT_IN) == vector.each_ps(BUILT_IN)
    ready = vector.ready_ranks(masks)
    assert listed.ready_ranks(masks) == ready
    assert listed.answers(ready[::2], masks).keys() == {vector.fd_at(rank) for rank in ready[::2]}
    assert [listed.fd_at(rank) for rank in range(vector.count)] == [
        vector.fd_at(rank) for rank in range(vector.count)
    ]
    for fd in range(len(masks) + 70):
        assert listed.rank(fd) == vector.rank(fd)
        assert listed.wanted(fd) == vector.wanted(fd)
        for mask in (poll_bits.IN, poll_bits.OUT, poll_bits.PRI, poll_bits.HUP):
            assert listed.hits(fd, mask) == vector.hits(fd, mask)


@given(select_asks())
def test_a_list_gives_the_same_answers_as_bitmaps(case):
    _, _, masks, ask = case
    events = {ask.fd_at(rank): ask.wanted(ask.fd_at(rank)) for rank in range(ask.count)}
    listed = ListedSelectRequest(events, ask.nfds)
    _same_answers(listed, ask, masks)
    ranks = ask.ready_ranks(masks)
    told = listed.answers(ranks, masks)
    for (words, of_set), (asked, _) in zip(
        zip(ask.results(ranks, masks), [mask for _, mask in ask.sets], strict=True), ask.sets, strict=True
    ):
        in_set = set(bit_numbers(asked, ask.nfds).tolist())
        assert set(bit_numbers(words, ask.nfds).tolist()) == {
            fd for fd, mask in told.items() if fd in in_set and mask & of_set
        }


@given(poll_asks())
def test_a_list_gives_the_same_answers_as_an_array(case):
    fds, events, masks, _ = case
    wanted = {fd: bits for fd, bits in zip(fds, events, strict=True) if fd >= 0}
    array = PollRequest(pollfds(list(wanted.items())), len(masks))
    listed = ListedPollRequest({fd: bits | poll_bits.ALWAYS_REPORTED for fd, bits in wanted.items()})
    _same_answers(listed, array, masks)
    assert listed.answers(list(range(listed.count)), masks) == dict(
        zip(wanted, array.answers(masks).tolist(), strict=True)
    )


@given(st.lists(st.sets(st.sampled_from(["idle", "data", "both"])), min_size=1, max_size=8), st.booleans())
def test_a_listed_select_costs_what_a_select_costs(sets, sleeps):
    """Journal, accounts and clock are the same for bitmaps and for a list."""
    told = []
    for listed in (False, True):
        kernel = Kernel(ROUND_COSTS)
        (idle, data), _ = pairs(kernel, 2)
        arrive(kernel, data, 1_000_000 if sleeps else 0)
        numbers = {"idle": {idle}, "data": {data}, "both": {idle, data}}
        asked = [set().union(*(numbers[word] for word in words)) for words in (sets + [set()] * 3)[:3]]
        nfds = max((fd for fds in asked for fd in fds), default=-1) + 1
        if listed:
            events: dict[int, int] = {}
            for fds, mask in zip(asked, SETS, strict=True):
                for fd in fds:
                    events[fd] = events.get(fd, 0) | mask
            ascending = dict(sorted(events.items()))
            kernel.complete(
                kernel.scan_calls.select_listed(nfds, sum(map(bool, asked)), ascending, 2_000_000)
            )
        else:
            reading, writing, exceptional = (bitmap(fds, nfds) if fds else None for fds in asked)
            kernel.complete(kernel.sys_select(nfds, reading, writing, exceptional, 2_000_000))
        told.append((kernel.now_ns, kernel.journal.records, kernel.totals(), kernel.last_call))
    assert told[0] == told[1]


def test_a_sleeping_poll_wakes_for_the_second_entry_of_a_descriptor():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    entries = pollfds([(fd, poll_bits.RDHUP), (fd, poll_bits.IN)])
    arrive(kernel, fd, 1_000_000)
    assert measure(kernel, kernel.sys_poll(entries)).result == 1
    assert entries["revents"].tolist() == [0, poll_bits.IN]


@given(st.integers(1, 300), st.data())
def test_bitmaps(nfds, data):
    numbers = st.integers(0, nfds - 1)
    words, expected = words_for(nfds), set()
    first = data.draw(numbers)
    last = data.draw(st.integers(first, nfds - 1))
    set_bits(words, first, last)
    expected |= set(range(first, last + 1))
    for fd in data.draw(st.lists(numbers, max_size=20)):
        set_bit(words, fd)
        expected.add(fd)
    for fd in data.draw(st.lists(numbers, max_size=20)):
        clear_bit(words, fd)
        expected.discard(fd)
    assert bit_numbers(words, nfds).tolist() == sorted(expected)
    assert len(words) == -(-nfds // 64)


def test_the_layout_is_linux_s():
    assert POLLFD.itemsize == 8
    assert [POLLFD.fields[name][1] for name in ("fd", "events", "revents")] == [0, 4, 6]  # type: ignore[index]
    assert words_for(65).nbytes == 16
    assert bitmap([0, 64], 65).tolist() == [1, 1]


@pytest.mark.parametrize("count", [0, 1])
def test_asking_about_nothing(count):
    kernel = Kernel(ROUND_COSTS)
    nothing = measure(kernel, kernel.sys_poll(pollfds([(-1, poll_bits.IN)] * count), timeout_ns=1_000))
    assert (nothing.result, nothing.scanned, nothing.passes) == (0, 2 * count, 2)
    empty = measure(kernel, kernel.sys_select(0, None, timeout_ns=1_000))
    assert (empty.result, empty.scanned, empty.copied_in_bytes, empty.copied_out_bytes) == (0, 0, 16, 16)
