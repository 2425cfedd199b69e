"""``kernel.select``: the select module.

CPython's part of the calls, as ``Modules/selectmodule.c`` has it: it converts and checks arguments,
holds select to FD_SETSIZE, rounds timeouts up to what the system call takes (select microseconds,
poll and epoll milliseconds), and keeps poll's registrations in the object.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import SupportsIndex, TypeVar

from sim.kernel import poll_bits
from sim.stdlib.arguments import FileDescriptorLike, Seconds, descriptor, milliseconds, timeout_ns
from sim.stdlib.classes import final
from sim.stdlib.epoll import EpollObject
from sim.stdlib.kqueue import KEVENT, KeventObject, KqueueNames, KqueueObject
from sim.stdlib.process import Process, StdlibModule

USHORT_MAX = 0xFFFF
_SET_EVENTS = (poll_bits.READABLE_SET, poll_bits.WRITABLE_SET, poll_bits.EXCEPTIONAL_SET)
Asked = TypeVar("Asked", bound=FileDescriptorLike)


class LinuxSelectModule(StdlibModule):
    """Stands where the select module stands, with what it has on Linux."""

    module = "select"

    PIPE_BUF = 4096
    POLLIN, POLLPRI, POLLOUT, POLLERR = poll_bits.IN, poll_bits.PRI, poll_bits.OUT, poll_bits.ERR
    POLLHUP, POLLNVAL, POLLRDHUP, POLLMSG = poll_bits.HUP, poll_bits.NVAL, poll_bits.RDHUP, 0x400
    POLLRDNORM, POLLRDBAND = poll_bits.RDNORM, poll_bits.RDBAND
    POLLWRNORM, POLLWRBAND = poll_bits.WRNORM, poll_bits.WRBAND
    EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLERR = poll_bits.IN, poll_bits.PRI, poll_bits.OUT, poll_bits.ERR
    EPOLLHUP, EPOLLRDHUP, EPOLLMSG = poll_bits.HUP, poll_bits.RDHUP, 0x400
    EPOLLRDNORM, EPOLLRDBAND = poll_bits.RDNORM, poll_bits.RDBAND
    EPOLLWRNORM, EPOLLWRBAND = poll_bits.WRNORM, poll_bits.WRBAND
    EPOLLET, EPOLLONESHOT = poll_bits.EPOLLET, poll_bits.EPOLLONESHOT
    EPOLLEXCLUSIVE, EPOLLWAKEUP = poll_bits.EPOLLEXCLUSIVE, poll_bits.EPOLLWAKEUP
    EPOLL_CLOEXEC = 0x80000

    error = OSError
    epoll: type[EpollObject]

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.epoll = EpollObject.on(process)

    def poll(self) -> PollObject:
        """A polling object."""
        return PollObject.on(self._process)

    def select(
        self,
        rlist: Iterable[Asked],
        wlist: Iterable[Asked],
        xlist: Iterable[Asked],
        timeout: Seconds | None = None,
        /,
    ) -> tuple[list[Asked], list[Asked], list[Asked]]:
        """Wait until one of the descriptors is ready.

        Args:
            timeout: seconds to wait at most; None is for ever.

        Returns:
            The objects that are ready for reading, writing, exceptions; none at a timeout.

        Raises:
            ValueError: a descriptor is negative or does not fit into an ``fd_set``; a negative timeout.
            OSError: EBADF.
        """
        limit_ns = None if timeout is None else _microseconds_ns(timeout)
        asked = _entries(rlist), _entries(wlist), _entries(xlist)
        events: dict[int, int] = {}
        for entries, wanted in zip(asked, _SET_EVENTS, strict=True):
            for fd, _ in entries:
                events[fd] = events.get(fd, 0) | wanted
        ascending = dict(sorted(events.items()))
        found = self._process.wait(
            self._process.kernel.scan_calls.select_listed(
                max(events, default=-1) + 1,
                sum(map(bool, asked)),
                ascending,
                limit_ns,
            ),
            lambda: f"select.select on {_numbers(events)}",
        )
        readable, writable, exceptional = (
            [value for fd, value in entries if found.get(fd, 0) & wanted] if found else []
            for entries, wanted in zip(asked, _SET_EVENTS, strict=True)
        )
        return readable, writable, exceptional


class SelectModule(KqueueNames, LinuxSelectModule):
    """Stands where the select module stands: with Linux's epoll, and beside it BSD's kqueue."""

    kqueue: type[KqueueObject]
    kevent: type[KeventObject] = KEVENT

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.kqueue = KqueueObject.on(process)
        self.on_linux = LinuxSelectModule(process)
        """The module without kqueue, for programs that take the best there is (``selectors``)."""


def _microseconds_ns(timeout: Seconds) -> int:
    limit_ns = timeout_ns(timeout, 1_000_000_000, "timeout must be a float or None")
    if limit_ns < 0:
        raise ValueError("timeout must be non-negative")
    return -(-limit_ns // 1000) * 1000


def _numbers(fds: Iterable[int]) -> str:
    numbers = sorted(set(fds))
    if not numbers:
        return "no descriptors"
    return f"descriptor{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _entries(given: Iterable[Asked]) -> list[tuple[int, Asked]]:
    """One of select's arguments: each object and its descriptor (``seq2set``)."""
    try:
        sequence = given if isinstance(given, list | tuple) else list(given)
    except TypeError:
        raise TypeError("arguments 1-3 must be sequences") from None
    entries: list[tuple[int, Asked]] = []
    for index, value in enumerate(sequence):  # a fileno() method may change the list under way
        fd = descriptor(value)
        if fd >= poll_bits.FD_SETSIZE:
            raise ValueError("filedescriptor out of range in select()")
        if index >= poll_bits.FD_SETSIZE:
            raise ValueError("too many file descriptors in select()")
        entries.append((fd, value))
    return entries


class PollObject:
    """A polling object: descriptors and the events they are asked for (``select.poll()``)."""

    __slots__ = ("_polling", "_process", "_registered")
    _process: Process
    _registered: dict[int, int]
    """By descriptor the poll bits asked for, those always told included."""
    _polling: bool
    """A thread is in its poll() call."""

    @staticmethod
    def on(process: Process) -> PollObject:
        """A new one, of the class whose instances nobody else can make."""
        poll = object.__new__(_POLL)
        poll._process, poll._registered, poll._polling = process, {}, False
        return poll

    def __new__(cls, *_arguments: object) -> PollObject:
        raise TypeError("cannot create 'select.poll' instances")

    def register(
        self,
        fd: FileDescriptorLike,
        eventmask: SupportsIndex = poll_bits.IN | poll_bits.PRI | poll_bits.OUT,
        /,
    ) -> None:
        """Ask about a descriptor from now on; again, with another mask, if it was registered."""
        number = descriptor(fd)
        self._registered[number] = _unsigned_short(eventmask) | poll_bits.ALWAYS_TOLD

    def modify(self, fd: FileDescriptorLike, eventmask: SupportsIndex, /) -> None:
        """Change the mask of a registered descriptor.

        Raises:
            FileNotFoundError: it is not registered.
        """
        number, events = descriptor(fd), _unsigned_short(eventmask)
        if number not in self._registered:
            raise poll_bits.oserror(errno.ENOENT)
        self._registered[number] = events | poll_bits.ALWAYS_TOLD

    def unregister(self, fd: FileDescriptorLike, /) -> None:
        """Ask about a descriptor no more.

        Raises:
            KeyError: it is not registered.
        """
        del self._registered[descriptor(fd)]

    def poll(self, timeout: Seconds | None = None, /) -> list[tuple[int, int]]:
        """Wait until a registered descriptor is ready.

        Args:
            timeout: milliseconds to wait at most; None and negative ones are for ever.

        Returns:
            Descriptor and events of each that is ready, in the order of registration.

        Raises:
            RuntimeError: another thread is in this very call.
        """
        limit_ns = None
        if timeout is not None:
            asked_ns = timeout_ns(timeout, 1_000_000, "timeout must be an integer or None")
            rounded = milliseconds(asked_ns if asked_ns >= 0 else asked_ns - 999_999)  # away from zero
            limit_ns = rounded * 1_000_000 if asked_ns >= 0 else None
        if self._polling:
            raise RuntimeError("concurrent poll() invocation")
        asked = self._registered.copy()
        self._polling = True
        try:
            found = self._process.wait(
                self._process.kernel.scan_calls.poll_listed(asked, limit_ns),
                lambda: f"poll.poll on {_numbers(asked)}",
            )
        finally:
            self._polling = False
        return list(found.items())


_POLL: type[PollObject] = type(
    "poll", (PollObject,), {"__module__": "select", "__slots__": (), **final("select.poll")}
)


def _unsigned_short(value: SupportsIndex) -> int:
    if not isinstance(value, int):
        raise TypeError("an integer is required")
    if value < 0:
        raise ValueError("value must be positive")
    if value > USHORT_MAX:
        kind = "to convert to C unsigned long" if value >> 64 else "for C unsigned short"
        raise OverflowError(f"Python int too large {kind}")
    return int(value)
