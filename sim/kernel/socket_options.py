"""Socket options: their numbers, values and effects.

Numbers are Linux's on x86-64. The kernel doubles a buffer size that it gets (the other half is for its own
data) and returns the double. Sizes stay within the limits below. Options that change nothing here
(keep-alive, Nagle) are stored and returned.
"""

from __future__ import annotations

import errno
import os
import struct

from sim.kernel.poll_bits import oserror

SOL_SOCKET = 1
IPPROTO_TCP = 6
SO_REUSEADDR = 2
SO_TYPE = 3
SO_ERROR = 4
SO_SNDBUF = 7
SO_RCVBUF = 8
SO_KEEPALIVE = 9
SO_OOBINLINE = 10
SO_LINGER = 13
SO_REUSEPORT = 15
SO_RCVLOWAT = 18
SO_SNDLOWAT = 19
SO_ACCEPTCONN = 30
TCP_NODELAY = 1

MEMORY_MAX_BYTES = 212_992
"""``net.core.wmem_max`` and ``rmem_max``."""
SEND_MIN_BYTES = 4_608
RECEIVE_MIN_BYTES = 2_304

_INT_MAX = 2**31 - 1
_SWITCHES = {
    (SOL_SOCKET, SO_REUSEADDR),
    (SOL_SOCKET, SO_KEEPALIVE),
    (SOL_SOCKET, SO_OOBINLINE),
    (IPPROTO_TCP, TCP_NODELAY),
}


def left_out(level: int, option: int) -> OSError:
    """The error for an option that this kernel does not have."""
    reason = f"{os.strerror(errno.ENOPROTOOPT)} (option {option} at level {level} is left out here)"
    return OSError(errno.ENOPROTOOPT, reason)


def no_urgent_data() -> OSError:
    """The error for MSG_OOB on a UNIX stream. Linux has urgent data there, this kernel has not."""
    reason = f"{os.strerror(errno.EOPNOTSUPP)} (urgent data of UNIX sockets is left out here)"
    return OSError(errno.EOPNOTSUPP, reason)


def integer(value: bytes) -> int:
    """The value of an option that is an int.

    Raises:
        OSError: EINVAL, the value is too short.
    """
    if len(value) < 4:
        raise oserror(errno.EINVAL)
    return int(struct.unpack_from("i", value)[0])


def packed(value: int) -> bytes:
    """An int as getsockopt returns it."""
    return struct.pack("i", value)


def doubled(value: int, least: int) -> int:
    """The buffer size that a request for ``value`` bytes results in; at least ``least`` bytes."""
    asked = min(value, MEMORY_MAX_BYTES) if value >= 0 else MEMORY_MAX_BYTES
    return max(2 * asked, least)


class Options:
    """The options that were set on one socket, and their values."""

    __slots__ = ("linger", "low_water_bytes", "switches")

    def __init__(self) -> None:
        self.switches: dict[tuple[int, int], int] = {}
        self.linger = (0, 0)
        """``l_onoff``, ``l_linger`` in seconds."""
        self.low_water_bytes = 1
        """SO_RCVLOWAT: bytes for which a blocking read, and TCP's poll, wait."""

    @property
    def reuse_address(self) -> bool:
        """True if SO_REUSEADDR is set."""
        return bool(self.switches.get((SOL_SOCKET, SO_REUSEADDR)))

    @property
    def resets_at_close(self) -> bool:
        """True if close sends RST: SO_LINGER with a time of 0."""
        return bool(self.linger[0]) and self.linger[1] == 0

    @property
    def urgent_inline(self) -> bool:
        """True if the urgent byte stays in the stream (SO_OOBINLINE)."""
        return bool(self.switches.get((SOL_SOCKET, SO_OOBINLINE)))

    def inherited(self) -> Options:
        """A copy for an accepted connection, which inherits all options of its listening socket."""
        child = Options()
        child.switches.update(self.switches)
        child.linger = self.linger
        child.low_water_bytes = self.low_water_bytes
        return child

    def get(self, level: int, option: int) -> bytes:
        """An option's value.

        Raises:
            OSError: ENOPROTOOPT, no such option here.
        """
        if (level, option) == (SOL_SOCKET, SO_LINGER):
            return struct.pack("ii", *self.linger)
        if level == SOL_SOCKET and option in {SO_RCVLOWAT, SO_SNDLOWAT}:
            return packed(self.low_water_bytes if option == SO_RCVLOWAT else 1)
        if (level, option) in _SWITCHES:
            return packed(self.switches.get((level, option), 0))
        raise left_out(level, option)

    def set(self, level: int, option: int, value: bytes) -> None:
        """Store an option's value.

        Raises:
            OSError: ENOPROTOOPT, no such option here; EINVAL, the value is too short.
        """
        if (level, option) == (SOL_SOCKET, SO_LINGER):
            if len(value) < 8:
                raise oserror(errno.EINVAL)
            on, seconds = struct.unpack_from("ii", value)
            if on and seconds:
                raise left_out(level, option)
            self.linger = (int(bool(on)), seconds if on else self.linger[1])
        elif (level, option) == (SOL_SOCKET, SO_RCVLOWAT):
            asked = integer(value)
            self.low_water_bytes = asked or 1 if asked >= 0 else _INT_MAX
        elif (level, option) == (SOL_SOCKET, SO_SNDLOWAT):
            raise oserror(errno.ENOPROTOOPT)
        elif (level, option) in _SWITCHES:
            self.switches[level, option] = int(bool(integer(value)))
        else:
            raise left_out(level, option)
