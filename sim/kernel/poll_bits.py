"""Poll bits and errors shared by every part of the kernel.

The numbers are Linux's on x86-64 (``include/uapi/asm-generic/poll.h``, ``eventpoll.h``): the same
bits mean the same in poll() and epoll, and select's three sets are masks over them
(``fs/select.c``: ``POLLIN_SET`` and its siblings).
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
"""The part of an epoll event mask that are poll bits; the rest says how to report them."""

READABLE_SET = IN | RDNORM | RDBAND | HUP | ERR | NVAL
WRITABLE_SET = OUT | WRNORM | WRBAND | ERR | NVAL
EXCEPTIONAL_SET = PRI | NVAL

ALWAYS_TOLD = ERR | HUP | NVAL
"""What poll tells of a descriptor whether or not it was asked for."""

NO_KEY = 0
"""A wake-up without a key: it concerns everyone, whatever they wait for."""
DATA_KEY = IN | PRI | RDNORM | RDBAND
"""What ``sock_def_readable`` wakes with."""
SPACE_KEY = OUT | WRNORM | WRBAND
"""What ``sk_stream_write_space`` wakes with."""

FD_SETSIZE = 1024
"""Descriptors an ``fd_set`` of the C library has room for. The kernel itself has no such limit."""


def oserror(code: int) -> OSError:
    """The exception the standard library raises for ``code`` (``BlockingIOError`` for EAGAIN …)."""
    return OSError(code, os.strerror(code))


def bad_descriptor() -> OSError:
    """EBADF."""
    return oserror(errno.EBADF)
