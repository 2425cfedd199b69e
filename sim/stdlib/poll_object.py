"""``kernel.select.poll()``: the polling object. Its registrations live in the object, as in CPython."""

from __future__ import annotations

import errno
from typing import SupportsIndex

from sim.kernel import poll_bits
from sim.stdlib.argument_checks import SINCE_3_15, FileDescriptorLike, c_unsigned, descriptor, descriptor_list
from sim.stdlib.durations import Seconds, milliseconds, timeout_ns
from sim.stdlib.process import SimulatedProcess
from sim.stdlib.sealed_classes import sealed_methods


class PollObject:
    """A polling object: descriptors, and the events that each is polled for (``select.poll()``)."""

    __slots__ = ("_polling", "_process", "_registered")
    _process: SimulatedProcess
    _registered: dict[int, int]
    """By descriptor: the poll bits asked for, and those that poll always reports."""
    _polling: bool
    """True while a thread is inside its poll() call."""

    @staticmethod
    def on(process: SimulatedProcess) -> PollObject:
        """A new polling object; programs cannot make one themselves."""
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
        """Poll a descriptor from now on; if it is registered already, replace its mask."""
        number = descriptor(fd)
        self._registered[number] = c_unsigned(eventmask, bits=16) | poll_bits.ALWAYS_REPORTED

    def modify(self, fd: FileDescriptorLike, eventmask: SupportsIndex, /) -> None:
        """Replace the mask of a registered descriptor.

        Raises:
            FileNotFoundError: the descriptor is not registered.
        """
        number, events = descriptor(fd), c_unsigned(eventmask, bits=16)
        if number not in self._registered:
            raise poll_bits.oserror(errno.ENOENT)
        self._registered[number] = events | poll_bits.ALWAYS_REPORTED

    def unregister(self, fd: FileDescriptorLike, /) -> None:
        """Stop polling a descriptor.

        Raises:
            KeyError: the descriptor is not registered.
        """
        del self._registered[descriptor(fd)]

    def poll(self, timeout: Seconds | None = None, /) -> list[tuple[int, int]]:
        """Wait until a registered descriptor is ready.

        Args:
            timeout: milliseconds to wait at most; None or a negative number waits without a limit.

        Returns:
            Descriptor and events of each ready descriptor, in the order of registration.

        Raises:
            RuntimeError: another thread is inside this object's poll() call.
        """
        limit_ns = None if timeout is None else _limit_ns(timeout)
        if self._polling:
            raise RuntimeError("concurrent poll() invocation")
        asked = self._registered.copy()
        self._polling = True
        try:
            found = self._process.wait(
                self._process.kernel.scan_calls.poll_listed(asked, limit_ns),
                lambda: f"poll.poll on {descriptor_list(asked)}",
            )
        finally:
            self._polling = False
        return list(found.items())


def _limit_ns(timeout: Seconds) -> int | None:
    """The longest time to wait; None for a negative timeout.

    CPython rounds the timeout away from zero to milliseconds; from 3.15 on it calls ``ppoll``, which takes
    nanoseconds.
    """
    asked_ns = timeout_ns(timeout, 1_000_000, "timeout must be an integer or None")
    if SINCE_3_15:
        return asked_ns if asked_ns >= 0 else None
    rounded = milliseconds(asked_ns if asked_ns >= 0 else asked_ns - 999_999)
    return rounded * 1_000_000 if asked_ns >= 0 else None


_POLL: type[PollObject] = type(
    "poll", (PollObject,), {"__module__": "select", "__slots__": (), **sealed_methods("select.poll")}
)
