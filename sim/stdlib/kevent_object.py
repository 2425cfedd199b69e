"""``kernel.select.kevent``: six numbers, with CPython's conversions and comparisons."""

from __future__ import annotations

import operator
from typing import Any, SupportsIndex

from sim.kernel.waiting.kqueue.kevent import EV_ADD, EVFILT_READ, Kevent
from sim.stdlib.argument_checks import FileDescriptorLike, descriptor

_FIELDS = ("ident", "filter", "flags", "fflags", "data", "udata")


class KeventObject:
    """A kevent: six numbers that describe a change or an event (``struct kevent``)."""

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
        filter: SupportsIndex = EVFILT_READ,  # noqa: A002 (the standard library's name)
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
        """The struct that is passed to the kernel."""
        return Kevent(self.ident, self.filter, self.flags, self.fflags, self.data, self.udata)

    @classmethod
    def of(cls, raw: Kevent) -> KeventObject:
        """The object for a struct that the kernel returned."""
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
