"""``kernel.select``: the select module.

CPython's part of the calls, as ``Modules/selectmodule.c`` has it: it converts and checks arguments,
holds select to FD_SETSIZE, rounds timeouts up to what the system call takes (select microseconds,
poll and epoll milliseconds), and keeps poll's registrations in the object.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import Generic, SupportsIndex, TypeVar

import numpy as np

from sim import polling
from sim.asks import POLLFD, Words, set_bit, words_for
from sim.faces.arguments import FileDescriptorLike, Seconds, descriptor, milliseconds, timeout_ns
from sim.faces.classes import final
from sim.faces.epoll import EpollObject
from sim.faces.process import Face, Process

USHORT_MAX = 0xFFFF
Asked = TypeVar("Asked", bound=FileDescriptorLike)


class SelectModule(Face):
    """Stands where the select module stands."""

    module = "select"

    PIPE_BUF = 4096
    POLLIN, POLLPRI, POLLOUT, POLLERR = polling.IN, polling.PRI, polling.OUT, polling.ERR
    POLLHUP, POLLNVAL, POLLRDHUP, POLLMSG = polling.HUP, polling.NVAL, polling.RDHUP, 0x400
    POLLRDNORM, POLLRDBAND = polling.RDNORM, polling.RDBAND
    POLLWRNORM, POLLWRBAND = polling.WRNORM, polling.WRBAND
    EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLERR = polling.IN, polling.PRI, polling.OUT, polling.ERR
    EPOLLHUP, EPOLLRDHUP, EPOLLMSG = polling.HUP, polling.RDHUP, 0x400
    EPOLLRDNORM, EPOLLRDBAND = polling.RDNORM, polling.RDBAND
    EPOLLWRNORM, EPOLLWRBAND = polling.WRNORM, polling.WRBAND
    EPOLLET, EPOLLONESHOT = polling.EPOLLET, polling.EPOLLONESHOT
    EPOLLEXCLUSIVE, EPOLLWAKEUP = polling.EPOLLEXCLUSIVE, polling.EPOLLWAKEUP
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
        asked = [_FdSet(given) for given in (rlist, wlist, xlist)]
        nfds = max(fd_set.nfds for fd_set in asked)
        sets = readfds, writefds, exceptfds = [fd_set.words(nfds) for fd_set in asked]
        kernel = self._process.kernel
        self._process.wait(
            kernel.sys_select(nfds, readfds, writefds, exceptfds, limit_ns),
            lambda: f"select.select on {_numbers(fd for fd_set in asked for fd, _ in fd_set.entries)}",
        )
        readable, writable, exceptional = (
            fd_set.marked(words) for fd_set, words in zip(asked, sets, strict=True)
        )
        return readable, writable, exceptional


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


class _FdSet(Generic[Asked]):
    """One of select's arguments: what was given, and its descriptors (``seq2set``)."""

    def __init__(self, given: Iterable[Asked]) -> None:
        try:
            sequence = given if isinstance(given, list | tuple) else list(given)
        except TypeError:
            raise TypeError("arguments 1-3 must be sequences") from None
        self.entries: list[tuple[int, Asked]] = []
        index = 0
        while index < len(sequence):  # a fileno() method may change the list under way
            value = sequence[index]
            fd = descriptor(value)
            if fd >= polling.FD_SETSIZE:
                raise ValueError("filedescriptor out of range in select()")
            if index >= polling.FD_SETSIZE:
                raise ValueError("too many file descriptors in select()")
            self.entries.append((fd, value))
            index += 1
        self.nfds = max((fd for fd, _ in self.entries), default=-1) + 1

    def words(self, nfds: int) -> Words | None:
        """The bitmap; None if nothing was given."""
        if not self.entries:
            return None
        words = words_for(nfds)
        for fd, _ in self.entries:
            set_bit(words, fd)
        return words

    def marked(self, words: Words | None) -> list[Asked]:
        """The objects whose bits are set, in the order given (``set2list``)."""
        if words is None:
            return []
        return [value for fd, value in self.entries if int(words[fd >> 6]) >> (fd & 63) & 1]


class PollObject:
    """A polling object: descriptors and the events they are asked for (``select.poll()``)."""

    __slots__ = ("_polling", "_process", "_registered")
    _process: Process
    _registered: dict[int, int]
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
        eventmask: SupportsIndex = polling.IN | polling.PRI | polling.OUT,
        /,
    ) -> None:
        """Ask about a descriptor from now on; again, with another mask, if it was registered."""
        number = descriptor(fd)
        self._registered[number] = _unsigned_short(eventmask)

    def modify(self, fd: FileDescriptorLike, eventmask: SupportsIndex, /) -> None:
        """Change the mask of a registered descriptor.

        Raises:
            FileNotFoundError: it is not registered.
        """
        number, events = descriptor(fd), _unsigned_short(eventmask)
        if number not in self._registered:
            raise polling.oserror(errno.ENOENT)
        self._registered[number] = events

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
            rounded = milliseconds(abs(asked_ns))
            limit_ns = rounded * 1_000_000 if asked_ns >= 0 else None
        if self._polling:
            raise RuntimeError("concurrent poll() invocation")
        asked = list(self._registered)
        entries = np.zeros(len(asked), dtype=POLLFD)
        entries["fd"] = asked
        entries["events"] = np.array(list(self._registered.values()), dtype=np.uint16).view(np.int16)
        kernel = self._process.kernel
        self._polling = True
        try:
            self._process.wait(kernel.sys_poll(entries, limit_ns), lambda: f"poll.poll on {_numbers(asked)}")
        finally:
            self._polling = False
        revents = entries["revents"].view(np.uint16).tolist()
        return [(fd, mask) for fd, mask in zip(asked, revents, strict=True) if mask]


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
