"""The simulated kernel gives the same answers as the host's kernel for the same sockets.

The counts of the real kernel cannot be seen, but its results can. The simulated select, poll and epoll must
give the same results as this machine's calls, for socket pairs in all kinds of states.
"""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import bitmap, pollfds

EVENTS = st.sampled_from(
    [
        0,
        poll_bits.IN,
        poll_bits.OUT,
        poll_bits.IN | poll_bits.OUT,
        poll_bits.IN | poll_bits.RDHUP,
        poll_bits.IN | poll_bits.PRI,
        poll_bits.IN | poll_bits.RDNORM | poll_bits.OUT,
    ]
)
PAIRS = 4
ACTIONS = st.tuples(
    st.sampled_from(["send", "receive", "close", "nothing"]),
    st.integers(0, PAIRS - 1),
    st.booleans(),
)


class Both:
    """Socket pairs twice over: the host's and the simulated kernel's, in the same states."""

    def __init__(self, stack: ExitStack) -> None:
        self.kernel = Kernel()
        self.host: list[tuple[socket.socket, socket.socket]] = []
        self.ours: list[tuple[int, int]] = []
        for _ in range(PAIRS):
            pair = socket.socketpair()
            for end in pair:
                stack.enter_context(end)
                end.setblocking(False)
            self.host.append(pair)
            self.ours.append(self.kernel.sys_socketpair())
        self.open = {(number, side) for number in range(PAIRS) for side in (0, 1)}

    def act(self, action: tuple[str, int, bool]) -> None:
        """Make the same call on both kernels. Both must give the same result."""
        what, number, other = action
        end = (number, int(other))
        if end not in self.open or what == "nothing":
            return
        theirs, ours = self.host[number][end[1]], self.ours[number][end[1]]
        if what == "close":
            theirs.close()
            self.kernel.sys_close(ours)
            self.open.discard(end)
        elif what == "send":
            assert outcome(theirs.send, b"hello") == outcome(self.kernel.sys_write, ours, b"hello")
        else:
            assert outcome(theirs.recv, 3) == outcome(self.kernel.sys_read, ours, 3)

    def ends(self) -> list[tuple[tuple[int, int], int, int]]:
        """The ends that are open: (name, the host's descriptor, ours)."""
        return [
            (end, self.host[end[0]][end[1]].fileno(), self.ours[end[0]][end[1]]) for end in sorted(self.open)
        ]


def outcome(call, *arguments: object) -> object:
    """The result of a call, or its error."""
    try:
        return call(*arguments)
    except OSError as error:
        return error.errno


def prepared(stack: ExitStack, actions: list[tuple[str, int, bool]]) -> Both:
    both = Both(stack)
    for action in actions:
        both.act(action)
    return both


@settings(max_examples=150)
@given(st.lists(ACTIONS, max_size=12), st.data())
def test_select(actions, data):
    with ExitStack() as stack:
        both = prepared(stack, actions)
        ends = both.ends()
        chosen = [data.draw(st.lists(st.sampled_from(ends), unique=True)) if ends else [] for _ in range(3)]
        readable, writable, exceptional = ([host for _, host, _ in part] for part in chosen)
        theirs = select.select(readable, writable, exceptional, 0)
        nfds = both.kernel.table.end
        sets = [bitmap([ours for _, _, ours in part], nfds) for part in chosen]
        count = both.kernel.complete(both.kernel.sys_select(nfds, sets[0], sets[1], sets[2], 0))
        for part, found, words in zip(chosen, theirs, sets, strict=True):
            expected = bitmap([ours for _, host, ours in part if host in found], nfds)
            assert words.tolist() == expected.tolist()
        assert count == sum(map(len, theirs))


@settings(max_examples=150)
@given(st.lists(ACTIONS, max_size=12), st.data())
def test_poll(actions, data):
    with ExitStack() as stack:
        both = prepared(stack, actions)
        ends = both.ends()
        asked = [(host, ours, data.draw(EVENTS)) for _, host, ours in ends if data.draw(st.booleans())]
        poll = select.poll()
        for host, _, events in asked:
            poll.register(host, events)
        theirs = dict(poll.poll(0))
        entries = pollfds([(ours, events) for _, ours, events in asked])
        count = both.kernel.complete(both.kernel.sys_poll(entries, 0))
        assert entries["revents"].astype(int).tolist() == [theirs.get(host, 0) for host, _, _ in asked]
        assert count == len(theirs)


@settings(max_examples=200)
@given(st.data())
def test_epoll_over_many_steps(data):
    # Registered, changed, removed, written to, read from, waited for: the same events every time.
    flags = data.draw(st.sampled_from([0, poll_bits.EPOLLET, poll_bits.EPOLLONESHOT]))
    with ExitStack() as stack:
        both = Both(stack)
        host_epoll = stack.enter_context(select.epoll())
        epfd = both.kernel.sys_epoll_create1()
        for _ in range(data.draw(st.integers(1, 14))):
            step = data.draw(st.sampled_from(["act", "act", "add", "modify", "delete", "wait"]))
            ends = both.ends()
            if step == "act":
                both.act(data.draw(ACTIONS))
            elif step == "wait":
                compare_waits(both, host_epoll, epfd, data.draw(st.integers(1, 10)))
            elif ends:
                _, host, ours = data.draw(st.sampled_from(ends))
                events = data.draw(EVENTS) | flags
                op = {"add": CTL_ADD, "modify": CTL_MOD, "delete": CTL_DEL}[step]
                call = {"add": host_epoll.register, "modify": host_epoll.modify}.get(step)
                theirs = outcome(host_epoll.unregister, host) if call is None else outcome(call, host, events)
                assert outcome(both.kernel.sys_epoll_ctl, epfd, op, ours, events) == theirs
        compare_waits(both, host_epoll, epfd, 10)


def compare_waits(both: Both, host_epoll: select.epoll, epfd: int, most: int) -> None:
    """One epoll_wait on each, in the same order: the ready list's."""
    names = {host: ours for _, host, ours in both.ends()}
    theirs = [(names[host], events) for host, events in host_epoll.poll(0, most)]
    assert both.kernel.complete(both.kernel.sys_epoll_wait(epfd, most, 0)) == theirs


def test_a_full_send_buffer_stops_being_writable_on_both():
    with ExitStack() as stack:
        both = Both(stack)
        (host, _), (ours, there) = both.host[0], both.ours[0]
        while outcome(host.send, b"x" * 4096) == 4096:
            pass
        while outcome(both.kernel.sys_write, ours, b"x" * 4096) == 4096:
            pass
        assert select.select([], [host], [], 0) == ([], [], [])
        writable = bitmap([ours], there + 1)
        assert both.kernel.complete(both.kernel.sys_select(there + 1, None, writable, timeout_ns=0)) == 0
