"""Poll bits and errors that every part of the kernel uses.

The numbers are Linux's on x86-64 (``include/uapi/asm-generic/poll.h``, ``eventpoll.h``). A bit means the same
in poll() and in epoll. Select's three sets are masks over these bits (``fs/select.c``: ``POLLIN_SET`` and the
two others).
"""

from __future__ import annotations

import errno
import os

IN = 0x001
PRI = 0x002
OUT = 0x004
ERR = 0x008
HUP = 0x010
NVAL = 0x020
RDNORM = 0x040
RDBAND = 0x080
WRNORM = 0x100
WRBAND = 0x200
RDHUP = 0x2000

EPOLLEXCLUSIVE = 1 << 28
EPOLLWAKEUP = 1 << 29
EPOLLONESHOT = 1 << 30
EPOLLET = 1 << 31
POLL_BITS = 0xFFFF
"""The poll bits of an epoll event mask. The other bits are flags for the way of reporting."""

READABLE_SET = IN | RDNORM | RDBAND | HUP | ERR | NVAL
WRITABLE_SET = OUT | WRNORM | WRBAND | ERR | NVAL
EXCEPTIONAL_SET = PRI | NVAL

ALWAYS_REPORTED = ERR | HUP | NVAL
"""Bits that poll reports for a descriptor even if the program did not ask for them."""

NO_KEY = 0
"""The key of a wake-up that reaches every waiter, for any event."""
DATA_KEY = IN | PRI | RDNORM | RDBAND
"""The key with which ``sock_def_readable`` wakes."""
SPACE_KEY = OUT | WRNORM | WRBAND
"""The key with which ``sk_stream_write_space`` wakes."""

FD_SETSIZE = 1024
"""Descriptors that fit into an ``fd_set`` of the C library. The kernel itself has no such limit."""


def oserror(code: int) -> OSError:
    """The exception that the standard library raises for ``code`` (``BlockingIOError`` for EAGAIN …)."""
    return OSError(code, os.strerror(code))


def bad_descriptor() -> OSError:
    """The exception for EBADF."""
    return oserror(errno.EBADF)
