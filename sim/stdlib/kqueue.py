"""``kernel.select.kqueue`` and ``kernel.select.kevent``: the classes, as Python has them on BSD.

CPython's part of the calls (``Modules/selectmodule.c``): it converts and checks arguments and makes one
``kevent()`` of a list of changes and a number of events. Constants are FreeBSD's; those of filters that
are left out here are there too, and the kernel refuses the filters.

Linux has no kqueue, and a simulated kernel's select module has everything: so the standard library's
``selectors``, given it, takes kqueue for its default, because that stands first in its order. The module
without kqueue is :attr:`sim.stdlib.select.SelectModule.on_linux`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, SupportsIndex

from sim.kernel.waiting.kqueue.kevent import EV_ADD, EVFILT_READ, Kevent
from sim.kernel.waiting.kqueue.kqueue import Kqueue
from sim.stdlib.arguments import FileDescriptorLike, Seconds, c_int, descriptor, duration_ns
from sim.stdlib.owned import OwnedDescriptor
from sim.stdlib.process import Process

_FIELDS = ("ident", "filter", "flags", "fflags", "data", "udata")


class KeventObject:
    """A kevent: six numbers that say what to watch, or what happened."""

    __slots__ = _FIELDS
    __hash__ = None  # type: ignore[assignment]

    ident: int
    filter: int
    flags: int
    fflags: int
    data: int
    udata: int

    def __init__(
        self,
        ident: FileDescriptorLike,
        filter: SupportsIndex = EVFILT_READ,  # noqa: A002 - the standard library's name of it
        flags: SupportsIndex = EV_ADD,
        fflags: SupportsIndex = 0,
        data: SupportsIndex = 0,
        udata: SupportsIndex = 0,
    ) -> None:
        self.filter = _c_short(filter)
        self.flags = operator.index(flags) & 0xFFFF
        self.fflags = operator.index(fflags) & 0xFFFFFFFF
        self.data = _c_long_long(data)
        self.udata = operator.index(udata) & 0xFFFFFFFFFFFFFFFF
        self.ident = _c_unsigned_long(ident) if isinstance(ident, int) else descriptor(ident)

    def __repr__(self) -> str:
        return (
            f"<select.kevent ident={self.ident} filter={self.filter} flags=0x{self.flags:x} "
            f"fflags=0x{self.fflags:x} data=0x{self.data & 0xFFFFFFFFFFFFFFFF:x} udata=0x{self.udata:x}>"
        )

    def raw(self) -> Kevent:
        """The struct that goes into the kernel."""
        return Kevent(self.ident, self.filter, self.flags, self.fflags, self.data, self.udata)

    @classmethod
    def of(cls, raw: Kevent) -> KeventObject:
        """The object for a struct that comes out of it."""
        return cls(*raw)

    def _compared(self, other: object, compare: Any) -> Any:
        if not isinstance(other, KeventObject):
            return NotImplemented
        return compare(tuple(self.raw()), tuple(other.raw()))

    def __eq__(self, other: object) -> Any:
        return self._compared(other, operator.eq)

    def __lt__(self, other: object) -> Any:
        return self._compared(other, operator.lt)

    def __le__(self, other: object) -> Any:
        return self._compared(other, operator.le)

    def __gt__(self, other: object) -> Any:
        return self._compared(other, operator.gt)

    def __ge__(self, other: object) -> Any:
        return self._compared(other, operator.ge)


KEVENT: type[KeventObject] = type("kevent", (KeventObject,), {"__module__": "select", "__slots__": ()})


def _c_short(value: SupportsIndex) -> int:
    number = operator.index(value)
    if not -(2**15) <= number < 2**15:
        bound = "greater than maximum" if number > 0 else "less than minimum"
        raise OverflowError(f"signed short integer is {bound}")
    return number


def _c_long_long(value: SupportsIndex) -> int:
    number = operator.index(value)
    if not -(2**63) <= number < 2**63:
        raise OverflowError("Python int too large to convert to C long long")
    return number


def _c_unsigned_long(number: int) -> int:
    if number < 0:
        raise OverflowError("can't convert negative value to unsigned int")
    if number >= 2**64:
        raise OverflowError("Python int too large to convert to C unsigned long")
    return int(number)


class KqueueObject(OwnedDescriptor):
    """A kqueue object: a descriptor of knotes in the kernel."""

    _called = "kqueue"

    __slots__ = ()

    @staticmethod
    def on(process: Process) -> type[KqueueObject]:
        """The class for one kernel's programs."""
        return type("kqueue", (KqueueObject,), {"_process": process, "__module__": "select", "__slots__": ()})

    def __init__(self) -> None:
        self._fd = self._process.call(self._process.kernel.sys_kqueue)

    @classmethod
    def fromfd(cls, fd: SupportsIndex, /) -> KqueueObject:
        """An object for a kqueue descriptor that is open already."""
        kqueue = cls.__new__(cls)
        kqueue._fd = c_int(fd)
        return kqueue

    def control(
        self,
        changelist: Iterable[KeventObject] | None,
        maxevents: SupportsIndex,
        timeout: Seconds | None = None,
        /,
    ) -> list[KeventObject]:
        """Apply changes, then wait for events.

        Args:
            changelist: kevents to apply, in order; None for none.
            maxevents: how many events to report at most; 0 waits for none.
            timeout: seconds to wait at most; None is for ever.

        Raises:
            OSError: ENOENT, EBADF, EINVAL, of a change for which there was no room to report it.
        """
        most = c_int(maxevents)
        kqfd = self.fileno()
        if most < 0:
            raise ValueError(f"Length of eventlist must be 0 or positive, got {most}")
        limit_ns = None if timeout is None else _timeout_ns(timeout)
        changes = [] if changelist is None else _raw(changelist)
        kernel = self._process.kernel
        found = self._process.wait(kernel.sys_kevent(kqfd, changes, most, limit_ns), self._who)
        return [KEVENT.of(event) for event in found]

    def _who(self) -> str:
        kqueue = self._process.kernel.table.files.get(self._fd)
        watched = sorted({ident for ident, _ in kqueue.knotes}) if isinstance(kqueue, Kqueue) else []
        named = ", ".join(map(str, watched)) or "nothing"
        return f"kqueue.control on descriptor {self._fd}, which watches {named},"


def _timeout_ns(timeout: Seconds) -> int:
    try:
        limit_ns = duration_ns(timeout)
    except TypeError:
        kind = type(timeout).__name__
        raise TypeError(f"timeout argument must be a number or None, got {kind}") from None
    if limit_ns < 0:
        raise ValueError("timeout must be positive or None")
    return limit_ns


def _raw(changelist: Iterable[KeventObject]) -> list[Kevent]:
    try:
        changes = list(changelist)
    except TypeError:
        raise TypeError("changelist is not iterable") from None
    if not all(isinstance(change, KeventObject) for change in changes):
        raise TypeError("changelist must be an iterable of select.kevent objects")
    return [change.raw() for change in changes]


class KqueueNames:
    """The constants, FreeBSD's numbers under the names that Python gives them."""

    KQ_FILTER_READ, KQ_FILTER_WRITE, KQ_FILTER_AIO, KQ_FILTER_VNODE = -1, -2, -3, -4
    KQ_FILTER_PROC, KQ_FILTER_SIGNAL, KQ_FILTER_TIMER = -5, -6, -7
    KQ_EV_ADD, KQ_EV_DELETE, KQ_EV_ENABLE, KQ_EV_DISABLE = 0x1, 0x2, 0x4, 0x8
    KQ_EV_ONESHOT, KQ_EV_CLEAR = 0x10, 0x20
    KQ_EV_SYSFLAGS, KQ_EV_FLAG1, KQ_EV_ERROR, KQ_EV_EOF = 0xF000, 0x2000, 0x4000, 0x8000
    KQ_NOTE_LOWAT = 0x1
    KQ_NOTE_DELETE, KQ_NOTE_WRITE, KQ_NOTE_EXTEND, KQ_NOTE_ATTRIB = 0x1, 0x2, 0x4, 0x8
    KQ_NOTE_LINK, KQ_NOTE_RENAME, KQ_NOTE_REVOKE = 0x10, 0x20, 0x40
    KQ_NOTE_EXIT, KQ_NOTE_FORK, KQ_NOTE_EXEC = 0x80000000, 0x40000000, 0x20000000
    KQ_NOTE_PCTRLMASK, KQ_NOTE_PDATAMASK = 0xF0000000, 0x000FFFFF
    KQ_NOTE_TRACK, KQ_NOTE_TRACKERR, KQ_NOTE_CHILD = 0x1, 0x2, 0x4
