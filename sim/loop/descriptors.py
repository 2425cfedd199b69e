"""The descriptors of a watched script: what each is, and how it stands with epoll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim import polling
from sim.epoll import Epoll
from sim.files.eventfd import EventFd
from sim.files.inet import ESTABLISHED, SYN_SENT, TcpSocket
from sim.files.pipe import PipeEnd
from sim.files.tcp import ListeningSocket
from sim.files.timerfd import TimerFd
from sim.files.unix import UnixSocket

if TYPE_CHECKING:
    from sim.files.base import OpenFile
    from sim.kernel import Kernel

Sort = Literal[
    "epoll", "listening", "connected", "connecting", "socket", "self-pipe", "pair", "pipe", "eventfd", "timer"
]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One open descriptor."""

    fd: int
    sort: Sort
    """``self-pipe`` is the pair by which other threads wake the loop."""
    peer: int
    """The descriptor at the other end; -1 if there is none."""
    unread_bytes: int
    """In its receive buffer; of a listening socket the connections to accept."""
    unsent_bytes: int
    """In its send buffer: the far end has no room."""
    watched: bool
    """On the loop's interest list."""
    listed: bool
    """On its ready list."""
    ready: bool
    """epoll_wait would report it now; what is listed and not ready is stale, and is dropped then."""


def descriptors(kernel: Kernel, loop: Any) -> list[Descriptor]:
    """All open descriptors by number.

    Args:
        loop: the script's event loop, or None.
    """
    own = {end.fileno() for end in (getattr(loop, "_ssock", None), getattr(loop, "_csock", None)) if end}
    return [_view(fd, file, fd in own) for fd, file in sorted(kernel.table.files.items())]


def ready_list(kernel: Kernel) -> list[tuple[int, bool]]:
    """What is on the ready lists, first first: the descriptor, and whether it is ready still."""
    return [(item.fd, _is_ready(item)) for epoll in kernel.epolls for item in epoll.ready]


def _is_ready(item: Any) -> bool:
    return bool(item.file.mask & item.wanted)


def _view(fd: int, file: OpenFile, own: bool) -> Descriptor:
    items = [item for item in file.items if item.fd == fd]
    peer = getattr(file, "peer", None)
    unread = len(file.queue) if isinstance(file, ListeningSocket) else getattr(file, "received_bytes", 0)
    return Descriptor(
        fd=fd,
        sort="self-pipe" if own else _sort(file),
        peer=peer.numbers[0] if peer is not None and peer.numbers else -1,
        unread_bytes=unread,
        unsent_bytes=getattr(file, "unsent_bytes", 0),
        watched=bool(items),
        listed=any(item.listed for item in items),
        ready=any(map(_is_ready, items)) if items else bool(file.mask & polling.IN),
    )


def _sort(file: OpenFile) -> Sort:
    if isinstance(file, TcpSocket):
        return {ESTABLISHED: "connected", SYN_SENT: "connecting"}.get(file.state, "socket")  # type: ignore[return-value]
    for kind, sort in _SORTS:
        if isinstance(file, kind):
            return sort
    return "socket"


_SORTS: tuple[tuple[type[OpenFile], Sort], ...] = (
    (Epoll, "epoll"),
    (ListeningSocket, "listening"),
    (UnixSocket, "pair"),
    (PipeEnd, "pipe"),
    (EventFd, "eventfd"),
    (TimerFd, "timer"),
)
