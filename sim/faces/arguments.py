"""Arguments as CPython takes them: descriptors, durations, plain integers.

Each function refuses what CPython's own conversion refuses, with the same exception
(``PyObject_AsFileDescriptor``, ``_PyTime_FromSecondsObject`` and their relatives).
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any, Protocol, SupportsIndex

INT_MAX = 2**31 - 1
_TIME_MAX = 2**63 - 1


class HasFileno(Protocol):
    """An object with a descriptor."""

    def fileno(self) -> int:
        """Its number."""


Buffer = bytes | bytearray | memoryview
"""What carries bytes to a call."""
FileDescriptorLike = int | HasFileno
Seconds = float | SupportsIndex


def c_int(value: SupportsIndex) -> int:
    """An argument that goes into a C int."""
    number = operator.index(value)
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError(f"signed integer is {'greater' if number > 0 else 'less'} than C int's limit")
    return number


def c_size(value: SupportsIndex) -> int:
    """An argument that goes into a C ``ssize_t``."""
    number = operator.index(value)
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError("cannot fit 'int' into an index-sized integer")
    return number


def c_socket(value: SupportsIndex) -> int:
    """A descriptor as the socket module takes it: a C long, cut down to an int."""
    number = operator.index(value)
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError("Python int too large to convert to C long")
    return (number + 2**31) % 2**32 - 2**31


def truth(value: Any, integer: Callable[[SupportsIndex], int] = c_int) -> bool:
    """An argument that is a yes or no: any object, but before Python 3.12 an integer of a certain size."""
    return bool(value if sys.version_info >= (3, 12) else integer(value))


def c_unsigned(value: SupportsIndex, bits: int = 32) -> int:
    """An argument that goes into an unsigned C type.

    Raises:
        TypeError: no integer.
        ValueError: it is negative.
        OverflowError: it does not fit.
    """
    if not hasattr(value, "__index__"):
        raise TypeError("an integer is required")
    number = operator.index(value)
    if number < 0:
        raise ValueError("value must be positive")
    if number >> bits:
        raise OverflowError(
            "Python int too large for C unsigned int" if bits == 32 else "int too big to convert"
        )
    return number


def c_long_long(value: SupportsIndex) -> int:
    """An argument that goes into a C long long."""
    number = operator.index(value)
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError("int too big to convert")
    return number


def nanoseconds(value: float) -> int:
    """Seconds as a float, in nanoseconds, rounded down (``_PyTime_FromSecondsDouble``).

    Raises:
        TypeError: not a number.
        OverflowError: more than 64 bits of nanoseconds, or not a number at all.
    """
    math.fabs(value)  # refuses what is no number
    exact = float(value) * 1e9
    if not -(2.0**63) <= exact < 2.0**63:
        raise OverflowError("timestamp out of range for platform time_t")
    return math.floor(exact)


def descriptor(value: FileDescriptorLike) -> int:
    """A descriptor: a number, or an object with a ``fileno()`` method.

    Raises:
        TypeError: neither.
        ValueError: it is negative.
        OverflowError: it is no C int.
    """
    if isinstance(value, int):
        number = int(value)
    else:
        method = getattr(value, "fileno", None)
        if method is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        number = method()
        if not isinstance(number, int):
            raise TypeError("fileno() returned a non-integer")
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError("Python int too large to convert to C int")
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def duration_ns(value: Seconds, unit_ns: int = 1_000_000_000) -> int:
    """A duration in nanoseconds, rounded away from zero.

    Raises:
        TypeError: not a number.
        ValueError: NaN.
        OverflowError: more than 64 bits of nanoseconds.
    """
    if isinstance(value, float):
        if math.isnan(value):
            raise ValueError("Invalid value NaN (not a number)")
        exact = value * unit_ns
        if not -(2.0**63) <= exact < 2.0**63:
            raise OverflowError("timestamp out of range for platform time_t")
        return math.ceil(exact) if exact >= 0 else math.floor(exact)
    number = operator.index(value) * unit_ns
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError("timestamp too large to convert to C PyTime_t")
    return number


def milliseconds(asked_ns: int) -> int:
    """Nanoseconds as the int of milliseconds that poll and epoll_wait take, rounded up.

    Raises:
        OverflowError: it is no C int.
    """
    rounded = -(-asked_ns // 1_000_000)
    if not -INT_MAX - 1 <= rounded <= INT_MAX:
        raise OverflowError("timeout is too large")
    return rounded


def timeout_ns(value: Seconds, unit_ns: int, message: str) -> int:
    """As :func:`duration_ns`, with a message of its own for what is not a number."""
    try:
        return duration_ns(value, unit_ns)
    except TypeError:
        raise TypeError(message) from None
