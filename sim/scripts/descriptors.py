"""The descriptors of a watched script: what each is, and how it stands with epoll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sim.kernel.files.eventfd import EventFd
from sim.kernel.files.inet import ESTABLISHED, SYN_SENT, TcpSocket
from sim.kernel.files.pipe import PipeEnd
from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.files.timerfd import TimerFd
from sim.kernel.files.unix import UnixSocket
from sim.kernel.waiting.epoll.epoll_file import Epoll

if TYPE_CHECKING:
    from sim.kernel.open_file import OpenFile
    from sim.stdlib.kernel import Kernel

Sort = Literal[
    "epoll", "listening", "connected", "connecting", "socket", "self-pipe", "pair", "pipe", "eventfd", "timer"
]


class Descriptor(NamedTuple):
    """One open descriptor; there can be thousands, and a tuple is made in no time."""

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
    return [(item.fd, _is_ready(item)) for epoll in kernel.epoll_calls.epolls for item in epoll.ready]


def _is_ready(item: Any) -> bool:
    return bool(item.file.mask & item.wanted)


def _view(fd: int, file: OpenFile, own: bool) -> Descriptor:
    peer = getattr(file, "peer", None)
    sort = "self-pipe" if own else _sort(file)
    unread = len(file.queue) if isinstance(file, ListeningSocket) else getattr(file, "received_bytes", 0)
    listed = ready = watched = False
    for item in file.watches:
        if item.fd == fd:
            watched = True
            listed |= item.listed
            ready |= _is_ready(item)
    return Descriptor(
        fd,
        sort,
        peer.numbers[0] if peer is not None and peer.numbers else -1,
        unread,
        getattr(file, "unsent_bytes", 0),
        watched,
        listed,
        ready,
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
