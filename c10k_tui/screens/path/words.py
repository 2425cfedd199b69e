"""Sentences about the steps of a packet's path, made from the values of each step."""

from __future__ import annotations

from collections.abc import Callable

from sim.kernel.waiting.epoll.epoll_file import EVENT_BYTES
from sim.machine.records import DropReason, Effect
from sim.path.lane_watch import RING_SLOTS
from sim.path.packet_path import PacketPath
from sim.path.path_values import LanePath, PathStep
from sim.scenario.units import format_duration

TITLES: dict[str, str] = {
    "wire": "On the wire",
    "dma": "The NIC writes to memory (DMA)",
    "interrupt": "Interrupt",
    "softirq": "Softirq",
    "tcp": "IP and TCP",
    "buffer": "Socket buffer",
    "queue": "Wait queue",
    "callback": "ep_poll_callback",
    "list": "Ready list",
    "wake": "The server wakes",
    "return": "epoll_wait returns",
    "selector": "asyncio: the selector",
    "handle": "asyncio: the callback reads",
    "future": "asyncio: the future",
    "task": "asyncio: the task's turn",
    "await": "The line after await",
    "pollwake": "pollwake",
    "scan": "select scans all again",
    "copy": "select copies out and returns",
    "walk": "The program walks the bits",
    "read": "The program reads",
}
DROPS = {
    DropReason.BACKLOG_FULL: "the backlog of the listening socket is full",
    DropReason.NOT_CONNECTED: "nobody holds that connection",
    DropReason.CONNECTION_GONE: "the connection is gone",
}
_AT_CLIENT = Effect.HELD | Effect.UNSENT
_EXACT_NS = 100_000
"""Durations below this number of ns are written to the nanosecond."""
_LEFT = {
    "asleep": "was idle",
    "scanning": "leaves the scan",
    "serving": "leaves a request that it was serving",
}


def title_of(side: LanePath, step: PathStep) -> str:
    """The title of a step."""
    if waits_at_client(side):
        return "HELD BACK"
    if step.stage == "tcp" and side.dropped:
        return "DROPPED"
    if step.stage == "wake" and not _slept(step):
        return "The server comes to it"
    return TITLES[step.stage]


def waits_at_client(side: LanePath) -> bool:
    """True if the request has not left its client, because the window is full."""
    return side.dropped and bool(side.effect & _AT_CLIENT)


def sentence(path: PacketPath, side: LanePath, step: PathStep) -> str:
    """A step in one or two sentences."""
    return _SENTENCES[step.stage](path, side, step)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _slept(step: PathStep) -> bool:
    """True if the server slept up to this step."""
    return "context_switch" in step.spent_ns


def _wire(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = f"{path.size_bytes:,} bytes for fd {side.fd}" if side.fd >= 0 else f"{path.size_bytes:,} bytes"
    if waits_at_client(side):
        return f"A client has {first}. The window is full: it holds them back until the server has read."
    if side.burst == 1:
        return f"A frame with {first} arrives. Nothing in the machine knows of it yet."
    return f"{side.burst:,} frames arrive together; one has {first}. Nothing in the machine knows of it yet."


def _dma(path: PacketPath, side: LanePath, step: PathStep) -> str:
    frames = _count(step.after.ring_frames, "frame")
    return (
        f"The NIC puts {frames} into its ring in memory, ours in slot {side.ring_slot} of {RING_SLOTS}, "
        "and the CPU has no part in it."
    )


def _interrupt(path: PacketPath, side: LanePath, step: PathStep) -> str:
    left = _LEFT.get(step.before.server, "leaves the server's program")
    return f"The NIC raises an interrupt. The CPU {left}; the handler only asks for a softirq."


def _softirq(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = f"{_count(step.others, 'frame')} first, then ours" if step.others else "ours first"
    return f"The softirq (net_rx_action) takes the frames from the ring: {first}."


def _tcp(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.dropped:
        return f"TCP cannot take the packet: {DROPS.get(side.effect, 'it is lost')}. Its way ends here."
    return f"IP and TCP read the headers and find whose bytes these are: the socket of fd {side.fd}."


def _buffer(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if step.before.buffer_bytes:
        return (
            f"TCP queues the bytes behind {step.before.buffer_bytes:,} that nobody has read yet; "
            "the socket is readable already."
        )
    return "TCP queues the bytes in the socket's receive buffer: who asks from now on hears: readable."


def _queue(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if "ep_poll_callback" in step.after.hooked:
        return (
            "The socket's wait queue is woken. On it hangs epoll's ep_poll_callback: "
            "put there once, by epoll_ctl, and it stays."
        )
    if step.after.hooked:
        return (
            "The socket's wait queue is woken. On it hangs pollwake, which this call of select put on "
            f"{_count(side.watched, 'queue')} and will take off again."
        )
    if step.after.server == "scanning":
        return "The socket's wait queue is woken. Nobody hangs on it: the scan has not hooked itself here."
    return "The socket's wait queue is woken. Nobody hangs on it: select does so only while a call lasts."


def _callback(path: PacketPath, side: LanePath, step: PathStep) -> str:
    return (
        "ep_poll_callback runs, still in the interrupt. It hangs on this one socket, so it knows what "
        f"became ready: fd {side.fd}."
    )


def _list(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.effect & Effect.ALREADY_LISTED:
        return "Its item is on epoll's ready list already: nothing is added."
    others = step.before.ready_count
    behind = f", behind {_count(others, 'other')}" if others else ""
    return f"It appends its item to epoll's ready list{behind}. Nobody has to look for it any more."


def _pollwake(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.effect & Effect.WOKE_SCAN:
        return (
            "pollwake makes the task that sleeps in select runnable. It says that something came, not where."
        )
    if side.effect & Effect.SCAN_BEHIND:
        return (
            f"The scan under way has passed fd {side.fd}: it misses the bytes, which wait for the next pass."
        )
    if side.effect & Effect.SCAN_AHEAD:
        if step.before.server == "scanning":
            return f"The scan under way has not come to fd {side.fd} yet: it will find the bytes."
        return "The task is awake already; the scan that it is about to begin will find the bytes."
    return "Nothing is called: the bytes lie in the buffer until the program asks again."


def _wake(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.unfinished:
        return f"The server is at work: {_count(step.others, 'read')} of others, then it reads fd {side.fd}."
    if _slept(step):
        who = "This packet woke the server" if side.woke else "A packet before ours woke the server"
        return f"{who}: when the interrupt is over, the CPU switches to it."
    if step.others:
        return f"The server is at work: {_count(step.others, 'read')} of others before it asks again."
    if side.name == "select" and "application" not in step.spent_ns:
        return "The server is in select already: the pass under way, or the next one, goes on."
    return "The server is at work; when it is done, it asks again."


def _return(path: PacketPath, side: LanePath, step: PathStep) -> str:
    count = step.after.events_count
    items = _count(count, "item")
    return (
        f"epoll_wait walks its ready list, {items} of {side.watched:,} watched, asks each once more, and "
        f"copies {count * EVENT_BYTES:,} bytes out."
    )


def _selector(path: PacketPath, side: LanePath, step: PathStep) -> str:
    count = _count(step.after.events_count, "descriptor")
    return f"select() of the selectors module finds {count} in its map; the loop queues a callback for each."


def _handle(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = f" after {_count(step.others, 'other')}" if step.others else ""
    return (
        f"The loop runs its callbacks{first}: the transport's _read_ready calls recv, and the "
        f"{step.after.read_bytes:,} bytes leave the kernel."
    )


def _future(path: PacketPath, side: LanePath, step: PathStep) -> str:
    task = path.program.task if path.program is not None else "the task"
    return (
        "feed_data puts them into the StreamReader and settles the future that reader.read() awaits: "
        f"{task} is to be woken."
    )


def _task(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = f", runs {_count(step.others, 'callback')} of others" if step.others else ""
    return f"The loop's next turn polls epoll without waiting{first}, and then steps the task."


def _await(path: PacketPath, side: LanePath, step: PathStep) -> str:
    return (
        f"reader.read() returns {step.after.read_bytes:,} bytes, and the coroutine goes on: "
        f"line {step.after.line} of echo_streams.py."
    )


def _scan(path: PacketPath, side: LanePath, step: PathStep) -> str:
    looked, found = step.after.scanned, step.after.events_count
    return (
        f"select does not know which it was. From here on it looks at {_count(looked, 'descriptor')}: "
        f"{_count(found, 'is', 'are')} ready, {_count(max(0, looked - found), 'look')} for nothing."
    )


def _copy(path: PacketPath, side: LanePath, step: PathStep) -> str:
    bits = _count(side.watched, "descriptor")
    return (
        f"select takes itself off all wait queues, copies its bitmap, a bit for each of {bits}, over the "
        "program's own, and returns."
    )


def _walk(path: PacketPath, side: LanePath, step: PathStep) -> str:
    return "The program knows as little: it tests bit after bit (FD_ISSET) to find those that are set."


def _read(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = f"serves {_count(step.others, 'other')} first, then " if step.others else ""
    return f"The program {first}reads {step.after.read_bytes:,} bytes from fd {side.fd}: it has its data."


_SENTENCES: dict[str, Callable[[PacketPath, LanePath, PathStep], str]] = {
    "wire": _wire,
    "dma": _dma,
    "interrupt": _interrupt,
    "softirq": _softirq,
    "tcp": _tcp,
    "buffer": _buffer,
    "queue": _queue,
    "callback": _callback,
    "list": _list,
    "wake": _wake,
    "return": _return,
    "selector": _selector,
    "handle": _handle,
    "future": _future,
    "task": _task,
    "await": _await,
    "pollwake": _pollwake,
    "scan": _scan,
    "copy": _copy,
    "walk": _walk,
    "read": _read,
}
_PARTS = {
    "softirq": "part of the softirq's {softirq_ns:,} ns",
    "callback": "part of the callback's {callback_ns:,} ns",
    "turn": "part of the turn's {loop_turn_ns:,} ns, paid before the wait",
    "handle": "part of the callback's {loop_callback_ns:,} ns",
}


def duration_words(ns: int) -> str:
    """A duration; exact if it is short enough to read."""
    return f"{ns:,} ns" if ns < _EXACT_NS else format_duration(ns)


def price_words(path: PacketPath, step: PathStep) -> str:
    """The cost of a step, or the price that includes it."""
    if step.cost_ns:
        return f"costs {duration_words(step.cost_ns)}"
    if step.part_of:
        costs = path.costs
        return _PARTS[step.part_of].format(
            softirq_ns=costs.softirq_ns,
            callback_ns=costs.callback_ns,
            loop_turn_ns=costs.loop_turn_ns,
            loop_callback_ns=costs.loop_callback_ns,
        )
    return {"await": "the program's own line: no price"}.get(step.stage, "no CPU time")


def account_words(step: PathStep) -> str:
    """The accounts of a step's cost, the largest first."""
    parts = sorted(step.spent_ns.items(), key=lambda part: -part[1])
    return " · ".join(f"{label.replace('_', ' ')} {ns:,}" for label, ns in parts)
