"""The select module as it is on Linux: select, poll and epoll.

CPython's part of the calls (``Modules/selectmodule.c``) is done here: it converts and checks arguments,
limits select to FD_SETSIZE, and rounds a timeout up to the unit of the system call (microseconds for
select, milliseconds for poll and epoll).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sim.kernel import poll_bits
from sim.stdlib.argument_checks import FileDescriptorLike, descriptor, descriptor_list
from sim.stdlib.durations import Seconds, timeout_ns
from sim.stdlib.epoll_object import EpollObject
from sim.stdlib.poll_object import PollObject
from sim.stdlib.process import SimulatedProcess
from sim.stdlib.stdlib_module import StdlibModule

_SET_EVENTS = (poll_bits.READABLE_SET, poll_bits.WRITABLE_SET, poll_bits.EXCEPTIONAL_SET)
Asked = TypeVar("Asked", bound=FileDescriptorLike)


class LinuxSelectModule(StdlibModule):
    """The select module with the names that it has on Linux."""

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

    def __init__(self, process: SimulatedProcess) -> None:
        super().__init__(process)
        self.epoll = EpollObject.on(process)

    def poll(self) -> PollObject:
        """A new polling object."""
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
            rlist: objects to wait for until they can be read.
            wlist: objects to wait for until they can be written.
            xlist: objects to wait for until they have an exceptional condition.
            timeout: seconds to wait at most; None waits without a limit.

        Returns:
            Three lists: the objects that are ready for reading, the objects that are ready for writing, and
            the objects with an exceptional condition; three empty lists after a timeout.

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
            lambda: f"select.select on {descriptor_list(events)}",
        )
        readable, writable, exceptional = (
            [value for fd, value in entries if found.get(fd, 0) & wanted] if found else []
            for entries, wanted in zip(asked, _SET_EVENTS, strict=True)
        )
        return readable, writable, exceptional


def _microseconds_ns(timeout: Seconds) -> int:
    """A timeout in ns, rounded up to whole microseconds."""
    limit_ns = timeout_ns(timeout, 1_000_000_000, "timeout must be a float or None")
    if limit_ns < 0:
        raise ValueError("timeout must be non-negative")
    return -(-limit_ns // 1000) * 1000


def _entries(given: Iterable[Asked]) -> list[tuple[int, Asked]]:
    """Descriptor and object of each entry in one of select's lists (``seq2set``)."""
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
