"""``struct kevent``, in which a program and a kqueue exchange changes and events: filters, flags and notes.

The numbers are FreeBSD's (``sys/event.h``).
"""

from __future__ import annotations

from typing import NamedTuple

EVFILT_READ, EVFILT_WRITE, EVFILT_TIMER, EVFILT_USER = -1, -2, -7, -11
EV_ADD, EV_DELETE, EV_ENABLE, EV_DISABLE = 0x1, 0x2, 0x4, 0x8
EV_ONESHOT, EV_CLEAR, EV_RECEIPT, EV_DISPATCH = 0x10, 0x20, 0x40, 0x80
EV_SYSFLAGS, EV_ERROR, EV_EOF = 0xF000, 0x4000, 0x8000
NOTE_TRIGGER = 0x01000000
NOTE_FFAND, NOTE_FFOR, NOTE_FFCOPY = 0x40000000, 0x80000000, 0xC0000000
NOTE_FFLAGSMASK = 0x00FFFFFF
NOTE_ABSTIME = 0x10
UNITS_NS = {0: 1_000_000, 1: 1_000_000_000, 2: 1_000_000, 4: 1_000, 8: 1}
"""EVFILT_TIMER's ``fflags``: NOTE_SECONDS, NOTE_MSECONDS, NOTE_USECONDS, NOTE_NSECONDS."""
KEVENT_BYTES = 64
"""``sizeof(struct kevent)`` on a 64-bit FreeBSD since version 12."""


class Kevent(NamedTuple):
    """``struct kevent``: a change that goes in, or an event that comes out."""

    ident: int
    filter: int = EVFILT_READ
    flags: int = EV_ADD
    fflags: int = 0
    data: int = 0
    udata: int = 0
