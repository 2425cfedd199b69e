"""Sentences about the steps of a packet's path, made from the values of each step."""

from __future__ import annotations

from collections.abc import Callable

from c10k_tui.text.messages import N_, _
from sim.kernel.waiting.epoll.epoll_file import EVENT_BYTES
from sim.machine.records import DropReason, Effect
from sim.path.lane_watch import RING_SLOTS
from sim.path.packet_path import PacketPath
from sim.path.path_values import LanePath, PathStep
from sim.scenario.units import format_duration

TITLES: dict[str, str] = {
    "wire": N_("On the wire"),
    "dma": N_("The NIC writes to memory (DMA)"),
    "interrupt": "Interrupt",
    "softirq": "Softirq",
    "tcp": N_("IP and TCP"),
    "buffer": N_("Socket buffer"),
    "queue": N_("Wait queue"),
    "callback": "ep_poll_callback",
    "list": N_("Ready list"),
    "wake": N_("The server wakes"),
    "return": N_("epoll_wait returns"),
    "selector": N_("asyncio: the selector"),
    "handle": N_("asyncio: the callback reads"),
    "future": N_("asyncio: the future"),
    "task": N_("asyncio: the task's turn"),
    "await": N_("The line after await"),
    "pollwake": "pollwake",
    "scan": N_("select scans all again"),
    "copy": N_("select copies out and returns"),
    "walk": N_("The program walks the bits"),
    "read": N_("The program reads"),
}
DROPS = {
    DropReason.BACKLOG_FULL: N_("the backlog of the listening socket is full"),
    DropReason.NOT_CONNECTED: N_("nobody holds that connection"),
    DropReason.CONNECTION_GONE: N_("the connection is gone"),
}
_AT_CLIENT = Effect.HELD | Effect.UNSENT
_EXACT_NS = 100_000
"""Durations below this number of ns are written to the nanosecond."""
_COUNTS = {
    "frame": (N_("{count:,} frame"), N_("{count:,} frames")),
    "queue": (N_("{count:,} queue"), N_("{count:,} queues")),
    "read": (N_("{count:,} read"), N_("{count:,} reads")),
    "other": (N_("{count:,} other"), N_("{count:,} others")),
    "item": (N_("{count:,} item"), N_("{count:,} items")),
    "descriptor": (N_("{count:,} descriptor"), N_("{count:,} descriptors")),
    "callback": (N_("{count:,} callback"), N_("{count:,} callbacks")),
    "look": (N_("{count:,} look"), N_("{count:,} looks")),
    "is": (N_("{count:,} is"), N_("{count:,} are")),
}
"""A number of things: one, and several."""
_LEFT = {
    "asleep": N_("was idle"),
    "scanning": N_("leaves the scan"),
    "serving": N_("leaves a request that it was serving"),
}


def title_of(side: LanePath, step: PathStep) -> str:
    """The title of a step."""
    if waits_at_client(side):
        return _("HELD BACK")
    if step.stage == "tcp" and side.dropped:
        return _("DROPPED")
    if step.stage == "wake" and not _slept(step):
        return _("The server comes to it")
    return _(TITLES[step.stage])


def waits_at_client(side: LanePath) -> bool:
    """True if the request has not left its client, because the window is full."""
    return side.dropped and bool(side.effect & _AT_CLIENT)


def sentence(path: PacketPath, side: LanePath, step: PathStep) -> str:
    """A step in one or two sentences."""
    return _SENTENCES[step.stage](path, side, step)


def _count(number: int, thing: str) -> str:
    one, many = _COUNTS[thing]
    return _(one if number == 1 else many, count=number)


def _slept(step: PathStep) -> bool:
    """True if the server slept up to this step."""
    return "context_switch" in step.spent_ns


def _wire(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = (
        _("{size_bytes:,} bytes for fd {fd}", size_bytes=path.size_bytes, fd=side.fd)
        if side.fd >= 0
        else _("{size_bytes:,} bytes", size_bytes=path.size_bytes)
    )
    if waits_at_client(side):
        return _(
            "A client has {first}. The window is full: it holds them back until the server has read.",
            first=first,
        )
    if side.burst == 1:
        return _("A frame with {first} arrives. Nothing in the machine knows of it yet.", first=first)
    return _(
        "{burst:,} frames arrive together; one has {first}. Nothing in the machine knows of it yet.",
        burst=side.burst,
        first=first,
    )


def _dma(path: PacketPath, side: LanePath, step: PathStep) -> str:
    frames = _count(step.after.ring_frames, "frame")
    return _(
        "The NIC puts {frames} into its ring in memory, ours in slot {ring_slot} of {ring_slots}, "
        "and the CPU has no part in it.",
        frames=frames,
        ring_slot=side.ring_slot,
        ring_slots=RING_SLOTS,
    )


def _interrupt(path: PacketPath, side: LanePath, step: PathStep) -> str:
    left = _(_LEFT.get(step.before.server, N_("leaves the server's program")))
    return _("The NIC raises an interrupt. The CPU {left}; the handler only asks for a softirq.", left=left)


def _softirq(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = (
        _("{count} first, then ours", count=_count(step.others, "frame")) if step.others else _("ours first")
    )
    return _("The softirq (net_rx_action) takes the frames from the ring: {first}.", first=first)


def _tcp(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.dropped:
        return _(
            "TCP cannot take the packet: {drops}. Its way ends here.",
            drops=_(DROPS.get(side.effect, N_("it is lost"))),
        )
    return _("IP and TCP read the headers and find whose bytes these are: the socket of fd {fd}.", fd=side.fd)


def _buffer(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if step.before.buffer_bytes:
        return _(
            "TCP queues the bytes behind {buffer_bytes:,} that nobody has read yet; "
            "the socket is readable already.",
            buffer_bytes=step.before.buffer_bytes,
        )
    return _("TCP queues the bytes in the socket's receive buffer: who asks from now on hears: readable.")


def _queue(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if "ep_poll_callback" in step.after.hooked:
        return _(
            "The socket's wait queue is woken. On it hangs epoll's ep_poll_callback: "
            "put there once, by epoll_ctl, and it stays."
        )
    if step.after.hooked:
        return _(
            "The socket's wait queue is woken. On it hangs pollwake, which this call of select put on "
            "{count} and will take off again.",
            count=_count(side.watched, "queue"),
        )
    if step.after.server == "scanning":
        return _("The socket's wait queue is woken. Nobody hangs on it: the scan has not hooked itself here.")
    return _("The socket's wait queue is woken. Nobody hangs on it: select does so only while a call lasts.")


def _callback(path: PacketPath, side: LanePath, step: PathStep) -> str:
    return _(
        "ep_poll_callback runs, still in the interrupt. It hangs on this one socket, so it knows what "
        "became ready: fd {fd}.",
        fd=side.fd,
    )


def _list(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.effect & Effect.ALREADY_LISTED:
        return _("Its item is on epoll's ready list already: nothing is added.")
    others = step.before.ready_count
    behind = _(", behind {count}", count=_count(others, "other")) if others else ""
    return _(
        "It appends its item to epoll's ready list{behind}. Nobody has to look for it any more.",
        behind=behind,
    )


def _pollwake(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.effect & Effect.WOKE_SCAN:
        return _(
            "pollwake makes the task that sleeps in select runnable. It says that something came, not where."
        )
    if side.effect & Effect.SCAN_BEHIND:
        return _(
            "The scan under way has passed fd {fd}: it misses the bytes, which wait for the next pass.",
            fd=side.fd,
        )
    if side.effect & Effect.SCAN_AHEAD:
        if step.before.server == "scanning":
            return _("The scan under way has not come to fd {fd} yet: it will find the bytes.", fd=side.fd)
        return _("The task is awake already; the scan that it is about to begin will find the bytes.")
    return _("Nothing is called: the bytes lie in the buffer until the program asks again.")


def _wake(path: PacketPath, side: LanePath, step: PathStep) -> str:
    if side.unfinished:
        return _(
            "The server is at work: {count} of others, then it reads fd {fd}.",
            count=_count(step.others, "read"),
            fd=side.fd,
        )
    if _slept(step):
        who = _("This packet woke the server") if side.woke else _("A packet before ours woke the server")
        return _("{who}: when the interrupt is over, the CPU switches to it.", who=who)
    if step.others:
        return _(
            "The server is at work: {count} of others before it asks again.",
            count=_count(step.others, "read"),
        )
    if side.name == "select" and "application" not in step.spent_ns:
        return _("The server is in select already: the pass under way, or the next one, goes on.")
    return _("The server is at work; when it is done, it asks again.")


def _return(path: PacketPath, side: LanePath, step: PathStep) -> str:
    count = step.after.events_count
    items = _count(count, "item")
    return _(
        "epoll_wait walks its ready list, {items} of {watched:,} watched, asks each once more, and "
        "copies {count:,} bytes out.",
        items=items,
        watched=side.watched,
        count=count * EVENT_BYTES,
    )


def _selector(path: PacketPath, side: LanePath, step: PathStep) -> str:
    count = _count(step.after.events_count, "descriptor")
    return _(
        "select() of the selectors module finds {count} in its map; the loop queues a callback for each.",
        count=count,
    )


def _handle(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = _(" after {count}", count=_count(step.others, "other")) if step.others else ""
    return _(
        "The loop runs its callbacks{first}: the transport's _read_ready calls recv, and the "
        "{read_bytes:,} bytes leave the kernel.",
        first=first,
        read_bytes=step.after.read_bytes,
    )


def _future(path: PacketPath, side: LanePath, step: PathStep) -> str:
    task = path.program.task if path.program is not None else _("the task")
    return _(
        "feed_data puts them into the StreamReader and settles the future that reader.read() awaits: "
        "{task} is to be woken.",
        task=task,
    )


def _task(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = _(", runs {count} of others", count=_count(step.others, "callback")) if step.others else ""
    return _("The loop's next turn polls epoll without waiting{first}, and then steps the task.", first=first)


def _await(path: PacketPath, side: LanePath, step: PathStep) -> str:
    return _(
        "reader.read() returns {read_bytes:,} bytes, and the coroutine goes on: "
        "line {line} of echo_streams.py.",
        read_bytes=step.after.read_bytes,
        line=step.after.line,
    )


def _scan(path: PacketPath, side: LanePath, step: PathStep) -> str:
    looked, found = step.after.scanned, step.after.events_count
    return _(
        "select does not know which it was. From here on it looks at {count}: "
        "{count2} ready, {count3} for nothing.",
        count=_count(looked, "descriptor"),
        count2=_count(found, "is"),
        count3=_count(max(0, looked - found), "look"),
    )


def _copy(path: PacketPath, side: LanePath, step: PathStep) -> str:
    bits = _count(side.watched, "descriptor")
    return _(
        "select takes itself off all wait queues, copies its bitmap, a bit for each of {bits}, over the "
        "program's own, and returns.",
        bits=bits,
    )


def _walk(path: PacketPath, side: LanePath, step: PathStep) -> str:
    return _("The program knows as little: it tests bit after bit (FD_ISSET) to find those that are set.")


def _read(path: PacketPath, side: LanePath, step: PathStep) -> str:
    first = _("serves {count} first, then ", count=_count(step.others, "other")) if step.others else ""
    return _(
        "The program {first}reads {read_bytes:,} bytes from fd {fd}: it has its data.",
        first=first,
        read_bytes=step.after.read_bytes,
        fd=side.fd,
    )


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
    "softirq": N_("part of the softirq's {softirq_ns:,} ns"),
    "callback": N_("part of the callback's {callback_ns:,} ns"),
    "turn": N_("part of the turn's {loop_turn_ns:,} ns, paid before the wait"),
    "handle": N_("part of the callback's {loop_callback_ns:,} ns"),
}


def duration_words(ns: int) -> str:
    """A duration; exact if it is short enough to read."""
    return _("{ns:,} ns", ns=ns) if ns < _EXACT_NS else format_duration(ns)


def price_words(path: PacketPath, step: PathStep) -> str:
    """The cost of a step, or the price that includes it."""
    if step.cost_ns:
        return _("costs {cost_ns}", cost_ns=duration_words(step.cost_ns))
    if step.part_of:
        costs = path.costs
        return _(
            _PARTS[step.part_of],
            softirq_ns=costs.softirq_ns,
            callback_ns=costs.callback_ns,
            loop_turn_ns=costs.loop_turn_ns,
            loop_callback_ns=costs.loop_callback_ns,
        )
    return {"await": _("the program's own line: no price")}.get(step.stage, "no CPU time")


def account_words(step: PathStep) -> str:
    """The accounts of a step's cost, the largest first."""
    parts = sorted(step.spent_ns.items(), key=lambda part: -part[1])
    return " · ".join(f"{label.replace('_', ' ')} {ns:,}" for label, ns in parts)
