"""The faults in a lane at this moment, found in the state of its kernel, and put into words.

Each check reads what the kernel holds at this moment: masks, items, wait queues, counters. No check knows
which fault is switched on (:mod:`sim.scenario.faults`), or what the program of the server intends. A check
reports only what is certain:

- An edge-triggered item that is readable and not on the ready list will not be reported unless more arrives.
  If its program has called epoll_wait again since the report, the program has left data behind.
- A one-shot item that is disarmed and readable while every task sleeps: no task serves it, and none will.
- An item on the ready list whose number no longer points to its file: events for a closed descriptor.

:mod:`sim.race.faults.fault_log` keeps the faults of earlier moments and their counts. :func:`warning`
combines both.

Why not let the servers report their mistakes: a server with a mistake does not know that it makes one, and
the same state without the switch would stay unreported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.frames.frame import FaultView
from sim.kernel import poll_bits
from sim.kernel.files.tcp import ListeningSocket, StreamSocket
from sim.kernel.open_file import OpenFile
from sim.kernel.sleeper import Sleeper
from sim.kernel.waiting.epoll.epoll_file import Item, items_of
from sim.race.faults.fault_log import FaultLog, FaultRecord
from sim.scenario.faults import (
    ACCEPT_ONE,
    BACKLOG,
    CURES,
    DUP,
    FAILED,
    FD_SETSIZE,
    HERD,
    MEMORY,
    NO_DRAIN,
    NO_REARM,
    SLOW_READER,
)

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel

_ONCE = poll_bits.EPOLLET | poll_bits.EPOLLONESHOT


_PAST = {
    NO_DRAIN: "{times} a descriptor was left with bytes unread, {fd} the last: edge-triggered, it is told of "
    "again only when more arrives",
    NO_REARM: "{times} a request lay at a descriptor that is not armed, {fd} the last: one-shot, it was "
    "disarmed when it was reported, and nobody armed it again",
    DUP: "epoll reported {times} descriptor {fd}, which was closed: close() freed the number only, for a dup "
    "keeps the file open and watched",
    ACCEPT_ONE: "{times} connections were left in the accept queue: edge-triggered, the listening socket "
    "speaks up only when another one comes",
    HERD: "{times} a worker was woken for a connection that another one took",
    BACKLOG: "{times} the accept queue of the listening socket was full: those clients got no answer",
    SLOW_READER: "{times} a write() had to wait for room, at descriptor {fd} the last: that client reads "
    "slowly",
}
"""Words for a fault that the state does not show at this moment."""
_PAST_BRIEF = {
    NO_DRAIN: "fd {fd} was left with bytes unread",
    NO_REARM: "fd {fd} got a request, and is disarmed",
    DUP: "epoll reported fd {fd}, a closed one",
    ACCEPT_ONE: "connections stayed in the accept queue",
    HERD: "{times} a worker was woken for nothing",
    BACKLOG: "the backlog overflowed {times}",
    SLOW_READER: "fd {fd} reads slowly: a write() waited",
}


def warning(kernel: RawKernel, strikes: FaultLog) -> FaultView | None:
    """The fault of this moment, or else the latest since the server started; None if there was none."""
    known = strikes.by_kind
    if not known:
        return None
    herd = known.get(HERD)
    view = diagnose(kernel, strikes.listener, 0 if herd is None else herd.count)
    if view is not None and view.kind in known:
        return _with_history(view, known[view.kind])
    kind, strike = max(known.items(), key=lambda one: one[1].last_ns)
    times = f"{strike.count:,} times" if strike.count > 1 else "once"
    number = "" if strike.fd is None else f"{strike.fd:,}"
    text, brief = (words[kind].format(times=times, fd=number) for words in (_PAST, _PAST_BRIEF))
    return _with_history(FaultView(kind, text, strike.fd, 0, brief, present=False), strike)


def _with_history(view: FaultView, strike: FaultRecord) -> FaultView:
    return replace(
        view,
        cure=CURES[view.kind],
        strikes=strike.count,
        first_ns=strike.first_ns,
        last_ns=strike.last_ns,
    )


def diagnose(kernel: RawKernel, listener: ListeningSocket, spurious_wakes: int) -> FaultView | None:
    """The most serious fault of this moment; None if there is none."""
    return (
        _dead_number(kernel)
        or _left_behind(kernel)
        or _full_send_buffer(kernel)
        or _herd(kernel, listener, spurious_wakes)
        or _overflow(listener)
    )


def of_failure(kernel: RawKernel, failure: str, needed_bytes: int, at_ns: int) -> FaultView:
    """Make the view of the failure that ended a lane.

    Args:
        kernel: the lane's kernel.
        failure: the reason, in one sentence.
        needed_bytes: memory for all its connections.
        at_ns: virtual time of the failure.
    """
    kind: str = FAILED
    fd, brief = None, failure
    highest = kernel.table.end - 1
    if needed_bytes > kernel.costs.memory_bytes:
        kind = MEMORY
    elif highest >= poll_bits.FD_SETSIZE and not kernel.epoll_calls.epolls:
        kind, fd, brief = FD_SETSIZE, highest, f"fd {highest:,} does not fit into an fd_set"
    return FaultView(kind, failure, fd, 1, brief, CURES[kind], 1, at_ns, at_ns)


def _dead_number(kernel: RawKernel) -> FaultView | None:
    files = kernel.table.files
    for epoll in kernel.epoll_calls.epolls:
        for item in epoll.ready:
            if files.get(item.fd) is not item.file and item.file.numbers:
                now, brief = "is closed", "which is closed"
                if item.fd in files:
                    now, brief = "is another file's by now", "another file's"
                return FaultView(
                    DUP,
                    brief=f"epoll reports fd {item.fd:,}, {brief}",
                    text=f"epoll reports descriptor {item.fd:,}, which {now}: close() freed the number only, "
                    f"for a dup ({item.file.numbers[0]:,}) keeps the file open and watched",
                    fd=item.fd,
                    count=1,
                )
    return None


def _left_behind(kernel: RawKernel) -> FaultView | None:
    """Something is readable that no epoll will report."""
    if not any(epoll.reports_once for epoll in kernel.epoll_calls.epolls) or any(
        map(_waits_for_room, kernel.full_senders)
    ):
        return None  # a task that sleeps in a write may still serve events that were reported to it
    missed = [item for item in _unlisted(kernel) if _given_up(kernel, item)]
    if not missed:
        return None
    first = missed[0]
    if isinstance(first.file, ListeningSocket):
        waiting = len(first.file.queue)
        return FaultView(
            ACCEPT_ONE,
            f"{waiting:,} {_plural(waiting, 'connection waits', 'connections wait')} to be accepted and "
            "nobody will be told: edge-triggered, the listening socket speaks up only when another one comes",
            first.fd,
            waiting,
            f"{waiting:,} left in the accept queue",
        )
    unread = first.file.received_bytes if isinstance(first.file, StreamSocket) else 0
    others = f" ({len(missed) - 1:,} more are in the same state)" if len(missed) > 1 else ""
    if first.events & poll_bits.EPOLLONESHOT:
        text = (
            f"descriptor {first.fd:,} has {unread:,} bytes unread and is never reported again: one-shot, it "
            f"was disarmed when it was reported, and nobody armed it again{others}"
        )
        brief = f"fd {first.fd:,} is disarmed, {unread:,} bytes unread"
        return FaultView(NO_REARM, text, first.fd, len(missed), brief)
    text = (
        f"descriptor {first.fd:,} starves with {unread:,} bytes unread: edge-triggered, it was told of once "
        f"and was not read until EAGAIN; it is told of again only when more arrives{others}"
    )
    brief = f"fd {first.fd:,} starves with {unread:,} bytes unread"
    return FaultView(NO_DRAIN, text, first.fd, len(missed), brief)


def _unlisted(kernel: RawKernel) -> Iterator[Item]:
    """Edge-triggered and one-shot items that have something to read and are not on the ready list."""
    files = kernel.table.files
    for fd in np.flatnonzero(
        (kernel.table.poll_masks & (poll_bits.IN | poll_bits.NVAL)) == poll_bits.IN
    ).tolist():
        file = files.get(fd)
        for item in items_of(file) if file is not None else ():
            if item.events & _ONCE and not item.listed and item.events & poll_bits.IN:
                yield item


def _given_up(kernel: RawKernel, item: Item) -> bool:
    """True if no task serves an item, and none will."""
    asleep = kernel.running is None
    if item.events & poll_bits.EPOLLONESHOT:
        return asleep and not item.wanted
    if asleep:
        return bool(item.epoll.waiters)
    alone = kernel.scheduler is None
    return alone and item.checked_ns is not None and item.checked_ns < item.epoll.collected_ns


def _full_send_buffer(kernel: RawKernel) -> FaultView | None:
    stuck = [file for file in kernel.full_senders if file.numbers and _waits_for_room(file)]
    if not stuck:
        return None
    fd = min(file.numbers[0] for file in stuck)
    if kernel.scheduler is not None:
        rest, ready, who = "the others go on", 0, "one thread"
    else:
        masks = kernel.table.poll_masks
        ready = int(np.count_nonzero((masks & (poll_bits.IN | poll_bits.NVAL)) == poll_bits.IN))
        rest = f"everybody waits with it, {ready:,} of them with something to read"
        who = "everybody"
    text = f"the client at descriptor {fd:,} reads slowly: its send buffer is full, and write() waits; {rest}"
    return FaultView(SLOW_READER, text, fd, ready, f"fd {fd:,} reads slowly: {who} waits")


def _waits_for_room(file: OpenFile) -> bool:
    """True if a task sleeps in a write to a file."""
    return any(
        isinstance(entry, Sleeper) and entry.in_write and entry.task.blocked
        for entry in file.wait_queue.entries
    )


def _herd(kernel: RawKernel, listener: ListeningSocket, spurious_wakes: int) -> FaultView | None:
    watching = [item for item in listener.watches if not item.exclusive]
    if len(watching) < 2 or not spurious_wakes:
        return None
    return FaultView(
        HERD,
        f"a thundering herd: every new connection wakes all {len(watching)} workers and one gets it; "
        f"{spurious_wakes:,} wake-ups found nothing (EPOLLEXCLUSIVE wakes one)",
        listener.numbers[0] if listener.numbers else None,
        spurious_wakes,
        f"all {len(watching)} workers woken, {spurious_wakes:,} for nothing",
    )


def _overflow(listener: ListeningSocket) -> FaultView | None:
    count = listener.overflows
    if not count:
        return None
    return FaultView(
        BACKLOG,
        f"the accept queue of the listening socket (backlog {listener.backlog:,}) was full {count:,} "
        f"{_plural(count, 'time', 'times')}: those clients got no answer, and try again after a second",
        listener.numbers[0] if listener.numbers else None,
        count,
        f"backlog of {listener.backlog:,} overflowed {count:,} {_plural(count, 'time', 'times')}",
    )


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
