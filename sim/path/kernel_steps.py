"""The steps of a packet in the kernel, made from what :mod:`sim.path.lane_watch` noted.

The accounts are read at four moments: at the arrival, at the start of a call of select, at the return of the
waiting call, and at the program's read. The change between two of them is divided by account: a context
switch is the wake-up, a scan is the scan, a copy is the copying out, and the rest is time spent waiting for
others.
"""

from __future__ import annotations

from dataclasses import replace

from sim.machine.accounts import Account
from sim.machine.clock import NEVER
from sim.machine.records import Effect, Kind
from sim.path.lane_watch import MOST_RECORDS, LaneWatch, run_lane
from sim.path.path_values import LanePath, PathState, Spent, StepLedger, shown, spent_between, taken_from
from sim.race.interrupt_time import CALLBACKS
from sim.race.lane import Lane
from sim.servers.epoll import EpollServer
from sim.servers.select import SelectServer

INTERRUPT, SWITCH = Account.INTERRUPT.label, Account.CONTEXT_SWITCH.label
OF_A_CALL = tuple(
    account.label
    for account in (
        Account.SYSCALL,
        Account.COPY_IN,
        Account.SCAN,
        Account.WAIT_QUEUE,
        Account.COPY_OUT,
        Account.CONTEXT_SWITCH,
    )
)
"""Accounts that a waiting call is charged to."""
COPYING = (Account.COPY_OUT.label, Account.WAIT_QUEUE.label)
Reported = tuple[tuple[int, int], ...]
"""Descriptor and poll mask of each event, in order."""


def common_steps(watch: LaneWatch) -> tuple[StepLedger, int]:
    """Steps that both lanes have in common.

    Returns:
        The steps, and the part of the interrupt in ns that comes after them.
    """
    costs = watch.kernel.costs
    steps = StepLedger()
    arrived = watch.arrived
    landed = replace(arrived, ring_frames=watch.burst)
    queued = watch.after if watch.dropped else watch.queued
    softirq_ns = (watch.place + 1) * costs.softirq_ns + watch.callbacks_before * costs.callback_ns
    taken = replace(watch.before, ring_frames=watch.burst - watch.place - 1)
    steps.add("wire", {}, arrived, arrived)
    if watch.effect & (Effect.HELD | Effect.UNSENT):  # no packet has left the client
        return steps, 0
    steps.add("dma", {}, arrived, landed)
    steps.add("interrupt", {INTERRUPT: costs.interrupt_ns}, landed, landed)
    steps.add("softirq", {INTERRUPT: softirq_ns}, landed, taken, others=watch.place)
    steps.add("tcp", {}, taken, taken, "softirq")
    if not watch.dropped:
        steps.add("buffer", {}, taken, queued, "softirq")
        steps.add("queue", {}, queued, queued, "softirq")
    return steps, watch.charge_ns - costs.interrupt_ns - softirq_ns


def callback_ns(watch: LaneWatch) -> int:
    """Cost in ns of the callback on the socket's wait queue; 0 if there was none."""
    return watch.kernel.costs.callback_ns if watch.effect & CALLBACKS else 0


def epoll_path(watch: LaneWatch, lane: Lane) -> tuple[LanePath, Reported]:
    """Follow the packet in the lane that waits in epoll, until epoll_wait reports it.

    Returns:
        The path, and the events of connections that the call reported.
    """
    server = lane.server
    assert isinstance(server, EpollServer)
    reported: list[tuple[int, int]] = []

    def is_over() -> bool:
        events = server.restart.events
        if watch.first(Kind.RETURN) is not None and events and any(fd == watch.fd for fd, _ in events):
            reported[:] = events
        return bool(reported) or watch.dropped or watch.first(Kind.READ) is not None

    came = run_lane(watch, lane, is_over)
    steps, rest_ns = common_steps(watch)
    if not watch.dropped:
        called = watch.queued
        listed = replace(watch.after, server=called.server)
        steps.add("callback", {INTERRUPT: callback_ns(watch)}, called, called)
        steps.add("list", {}, called, listed, "callback")
        rest_ns -= callback_ns(watch)
    if reported:
        _add_wake_and_return(watch, steps, rest_ns, reported)
    elif came and not watch.dropped:
        _add_wake_only(watch, steps, rest_ns)
    of_connections = tuple(event for event in reported if event[0] != server.listener_fd)
    return _lane_path(watch, steps, finished=bool(reported), came=came), of_connections


def _waited(watch: LaneWatch, spent_ns: list[int], rest_ns: int) -> Spent:
    """Time since the arrival, without the part of the interrupt that already has its steps."""
    waited = spent_between(watch.arrived_spent_ns, spent_ns)
    waited[INTERRUPT] -= watch.charge_ns - rest_ns
    return waited


def _add_wake_and_return(
    watch: LaneWatch, steps: StepLedger, rest_ns: int, reported: list[tuple[int, int]]
) -> None:
    """Add the steps of an epoll_wait that reports our descriptor."""
    mark = [mark for mark in watch.marks if mark.kind == Kind.RETURN][-1]
    watch.watched_lane.run_until(max(mark.free_ns, watch.kernel.now_ns))
    waited = _waited(watch, mark.spent_ns, rest_ns)
    returned = spent_between(mark.spent_ns, watch.kernel.totals()[0])
    waited[SWITCH] += taken_from(returned, SWITCH)[SWITCH]
    asleep = replace(watch.after, server=watch.queued.server)
    awake = replace(mark.state, server="runnable")
    steps.add("wake", waited, asleep, awake, others=mark.reads)
    events = shown(reported, next(event for event in reported if event[0] == watch.fd))
    running = replace(
        awake, server="running", events=events, events_count=len(reported), scanned=len(reported)
    )
    steps.add("return", returned, awake, running)


def _add_wake_only(watch: LaneWatch, steps: StepLedger, rest_ns: int) -> None:
    """Add the wake-up of a server that reads our descriptor without a new report."""
    read = watch.marks[watch.first(Kind.READ) or 0]
    waited = _waited(watch, read.spent_ns, rest_ns)
    steps.add("wake", waited, watch.after, read.state, others=read.reads)


def _lane_path(watch: LaneWatch, steps: StepLedger, *, finished: bool, came: bool) -> LanePath:
    """The whole path, with the cost of the call that reported the packet."""
    lane = watch.watched_lane
    call = lane.kernel.last_call if finished else None
    call_ns = 0 if call is None else call[6]
    spent = [step.spent_ns for step in steps.steps if step.stage in ("wake", "return", "scan", "copy")]
    here_ns = sum(ns for part in spent for label, ns in part.items() if label in OF_A_CALL)
    unfinished = ""
    if not came:
        unfinished = f"the server does not come to it within {MOST_RECORDS:,} records: {_why_not(watch)}"
    elif not finished and not watch.dropped:
        unfinished = "the server was about to read this descriptor anyway, and takes the packet along"
    return LanePath(
        name=lane.name,
        fd=watch.fd,
        steps=tuple(steps.steps),
        effect=watch.effect,
        dropped=watch.dropped,
        burst=watch.burst,
        ring_slot=watch.ring_slot,
        watched=lane.server.registered,
        call_ns=call_ns,
        paid_before_ns=max(0, call_ns - here_ns),
        unfinished=unfinished,
    )


def _why_not(watch: LaneWatch) -> str:
    """Reason, in a few words, for which the program does not wake or read the packet."""
    if watch.kernel.next_due_ns() >= NEVER:
        return "nothing wakes it"
    spent_ns = spent_between(watch.arrived_spent_ns, watch.kernel.totals()[0])
    if spent_ns[INTERRUPT] > 0.9 * sum(spent_ns.values()):
        return "interrupts take all the CPU"
    return "it is busy with others"


def select_path(watch: LaneWatch, lane: Lane) -> LanePath:
    """Follow the packet in the lane that waits in select, until the program has read it."""
    server = lane.server
    assert isinstance(server, SelectServer)
    words: dict[int, tuple[int, int]] = {}

    def is_over() -> bool:
        marks = watch.marks
        if marks and marks[-1].kind == Kind.RETURN and len(marks) not in words:
            words[len(marks)] = server.words_of(watch.fd)
        return watch.dropped or watch.first(Kind.READ) is not None

    came = run_lane(watch, lane, is_over)
    steps, rest_ns = common_steps(watch)
    finished = False
    if not watch.dropped:
        steps.add("pollwake", {INTERRUPT: callback_ns(watch)}, watch.queued, watch.after)
        rest_ns -= callback_ns(watch)
    if came and not watch.dropped:
        read_at = watch.first(Kind.READ) or 0
        returns = [at for at in range(read_at) if watch.marks[at].kind == Kind.RETURN]
        if returns:
            finished = True
            _add_wake_and_scan(watch, steps, rest_ns, returns[-1], read_at, words[returns[-1] + 1])
        else:
            _add_wake_only(watch, steps, rest_ns)
    return _lane_path(watch, steps, finished=finished, came=came)


def _add_wake_and_scan(
    watch: LaneWatch, steps: StepLedger, rest_ns: int, return_at: int, read_at: int, words: tuple[int, int]
) -> None:
    """Add the steps of a select that scans all descriptors, copies the result out, and returns."""
    marks = watch.marks
    returned = marks[return_at]
    serial, found = returned.record[5], returned.record[3]
    begun = next((m for m in marks if m.kind == Kind.CALL and m.record[5] == serial), None)
    if begun is None:  # the packet arrived during this call
        scanned = _waited(watch, returned.spent_ns, rest_ns)
        waited = taken_from(scanned, SWITCH)
        waited[INTERRUPT] = rest_ns
        scanned[INTERRUPT] -= rest_ns
        looked = returned.scanned - watch.arrived_scanned
    else:
        waited = _waited(watch, begun.spent_ns, rest_ns)
        scanned = spent_between(begun.spent_ns, returned.spent_ns)
        looked = returned.scanned - begun.scanned
    awake = replace(watch.after, server="scanning", word=words[0])
    others = 0 if begun is None else begun.reads
    steps.add("wake", waited, watch.after, awake, others=others)
    over = replace(
        returned.state,
        word=words[0],
        scanned=looked,
        events_count=found,
        server="scanning",
        hooked=awake.hooked,
    )
    steps.add("scan", scanned, awake, over)
    _add_copy_walk_read(watch, steps, over, words[1], return_at, read_at)


def _add_copy_walk_read(
    watch: LaneWatch, steps: StepLedger, over: PathState, word: int, return_at: int, read_at: int
) -> None:
    """Add the steps from select's return to the read."""
    lane, costs = watch.watched_lane, watch.kernel.costs
    server = lane.server
    assert isinstance(server, SelectServer)
    returned, read = watch.marks[return_at], watch.marks[read_at]
    size = read.record[3]
    walked = spent_between(returned.spent_ns, read.spent_ns)
    copied = taken_from(walked, *COPYING)
    running = replace(over, word=word, server="running", hooked=returned.state.hooked)
    steps.add("copy", copied, over, running)
    work = Account.APPLICATION.label
    walk_ns = min(walked[work], -(-server.nfds * costs.walk_ps // 1000))
    walked[work] -= walk_ns
    steps.add("walk", {work: walk_ns}, running, running)
    read_ns = costs.read_ns + lane.kernel.copy_ns(size)
    lane.run_until(max(read.record[0] + read_ns, lane.kernel.now_ns))
    reading = spent_between(read.spent_ns, lane.kernel.totals()[0])
    for label, ns in walked.items():
        reading[label] += ns
    after = replace(
        running,
        segments=read.state.segments,
        buffer_bytes=read.state.buffer_bytes,
        mask=read.state.mask,
        read_bytes=size,
        server="serving",
    )
    steps.add("read", reading, running, after, others=read.reads - returned.reads)
