"""The descriptors of a watched script: the kind of each, its buffers, and its state in epoll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sim.kernel.files.eventfd import EventFd
from sim.kernel.files.inet import TcpSocket
from sim.kernel.files.pipe import PipeEnd
from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.files.tcp_states import ESTABLISHED, SYN_SENT
from sim.kernel.files.timerfd import TimerFd
from sim.kernel.files.unix import UnixSocket
from sim.kernel.waiting.epoll.epoll_file import Epoll

if TYPE_CHECKING:
    from sim.kernel.open_file import OpenFile
    from sim.stdlib.kernel import Kernel

DescriptorKind = Literal[
    "epoll", "listening", "connected", "connecting", "socket", "self-pipe", "pair", "pipe", "eventfd", "timer"
]


class Descriptor(NamedTuple):
    """One open descriptor.

    A named tuple, because there can be thousands, and a tuple is made faster than a dataclass.
    """

    fd: int
    kind: DescriptorKind
    """``self-pipe`` is the socket pair through which other threads wake the loop."""
    peer: int
    """The descriptor at the other end; -1 if it has none."""
    unread_bytes: int
    """Bytes in its receive buffer; for a listening socket: connections to accept."""
    unsent_bytes: int
    """Bytes in its send buffer, for which the far end has no room."""
    watched: bool
    """True if it is on the loop's interest list."""
    listed: bool
    """True if it is on the loop's ready list."""
    ready: bool
    """True if epoll_wait would report it now. Listed but not ready is stale: epoll_wait drops it."""


def descriptors(kernel: Kernel, loop: Any) -> list[Descriptor]:
    """All open descriptors, by ascending number.

    Args:
        kernel: the kernel of the script.
        loop: the script's event loop; None before there is one.
    """
    own = {end.fileno() for end in (getattr(loop, "_ssock", None), getattr(loop, "_csock", None)) if end}
    return [_view(fd, file, fd in own) for fd, file in sorted(kernel.table.files.items())]


def ready_list(kernel: Kernel) -> list[tuple[int, bool]]:
    """The ready lists from the head on: each descriptor, and True if it is still ready."""
    return [(item.fd, _is_ready(item)) for epoll in kernel.epoll_calls.epolls for item in epoll.ready]


def _is_ready(item: Any) -> bool:
    return bool(item.file.mask & item.wanted)


def _view(fd: int, file: OpenFile, own: bool) -> Descriptor:
    peer = getattr(file, "peer", None)
    kind: DescriptorKind = "self-pipe" if own else _kind(file)
    unread = len(file.queue) if isinstance(file, ListeningSocket) else getattr(file, "received_bytes", 0)
    listed = ready = watched = False
    for item in file.watches:
        if item.fd == fd:
            watched = True
            listed |= item.listed
            ready |= _is_ready(item)
    return Descriptor(
        fd,
        kind,
        peer.numbers[0] if peer is not None and peer.numbers else -1,
        unread,
        getattr(file, "unsent_bytes", 0),
        watched,
        listed,
        ready,
    )


def _kind(file: OpenFile) -> DescriptorKind:
    if isinstance(file, TcpSocket):
        return {ESTABLISHED: "connected", SYN_SENT: "connecting"}.get(file.state, "socket")  # type: ignore[return-value]
    for file_type, kind in _KINDS:
        if isinstance(file, file_type):
            return kind
    return "socket"


_KINDS: tuple[tuple[type[OpenFile], DescriptorKind], ...] = (
    (Epoll, "epoll"),
    (ListeningSocket, "listening"),
    (UnixSocket, "pair"),
    (PipeEnd, "pipe"),
    (EventFd, "eventfd"),
    (TimerFd, "timer"),
)
