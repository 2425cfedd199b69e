"""Arguments as CPython takes them: descriptors, durations, plain integers.

Each function refuses what CPython's own conversion refuses, with the same exception
(``PyObject_AsFileDescriptor``, ``_PyTime_FromSecondsObject`` and their relatives).
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Iterable
from typing import Any, Protocol, SupportsIndex

INT_MAX = 2**31 - 1
_TIME_MAX = 2**63 - 1
_BYTES_HEAD = 33
"""What a bytes object takes beside its bytes."""
_ADDRESS_BITS = 47
"""Of a process's addresses on x86-64."""


class HasFileno(Protocol):
    """An object with a descriptor."""

    def fileno(self) -> int:
        """Its number."""


Buffer = bytes | bytearray | memoryview
"""What carries bytes to a call."""
FileDescriptorLike = int | HasFileno
Seconds = float | SupportsIndex


def c_int(value: SupportsIndex) -> int:
    """An argument that goes into a C int (``PyLong_AsInt``)."""
    number = operator.index(value)
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError("Python int too large to convert to C int")
    return number


def c_long(value: SupportsIndex, kind: str = "long") -> int:
    """An argument that goes into a C long, or another type of 64 bits."""
    number = operator.index(value)
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError(f"Python int too large to convert to C {kind}")
    return number


def parsed_int(value: SupportsIndex) -> int:
    """An argument that goes into a C int, where it is parsed by a format (``PyArg_ParseTuple``)."""
    number = c_long(value)
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError(
            f"signed integer is {'greater than maximum' if number > 0 else 'less than minimum'}"
        )
    return number


def c_size(value: SupportsIndex) -> int:
    """An argument that goes into a C ``ssize_t``."""
    return c_long(value, "ssize_t")


def room_for(size: int) -> int:
    """The size of a bytes object that is to be made before it is filled.

    Raises:
        OverflowError: larger than any can be.
        MemoryError: larger than a process's addresses reach.
    """
    if size > _TIME_MAX - _BYTES_HEAD:
        raise OverflowError("byte string is too large")
    if size >> _ADDRESS_BITS:
        raise MemoryError
    return size


def received_size(bufsize: SupportsIndex, caller: str) -> int:
    """How many bytes a call is to bring at most.

    Raises:
        ValueError: it is negative.
    """
    if type(bufsize) is int and 0 <= bufsize <= INT_MAX:
        return bufsize
    size = c_size(bufsize)
    if size < 0:
        raise ValueError(f"negative buffersize in {caller}")
    return room_for(size)


def room_in(buffer: Buffer, nbytes: SupportsIndex, caller: str) -> memoryview:
    """The part of a buffer that is to be filled; all of it if ``nbytes`` is 0."""
    try:
        room = memoryview(buffer).cast("B")
    except TypeError:
        room = memoryview(b"")
    if room.readonly:
        kind = "None" if buffer is None else type(buffer).__name__
        raise TypeError(f"{caller}() argument 1 must be read-write bytes-like object, not {kind}")
    size = c_size(nbytes)
    if size < 0:
        raise ValueError(f"negative buffersize in {caller}")
    if size > len(room):
        raise ValueError("buffer too small for requested bytes")
    return room[: size or len(room)]


def content(data: Buffer) -> bytes:
    """The bytes that a call is to send.

    Raises:
        TypeError: it carries none.
        BufferError: they do not lie in one piece.
    """
    if type(data) is bytes:
        return data
    try:
        view = memoryview(data)
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'") from None
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view.tobytes()


def c_socket(value: SupportsIndex) -> int:
    """A descriptor as the socket module takes it: a C long, cut down to an int."""
    return (c_long(value) + 2**31) % 2**32 - 2**31


def truth(value: Any, integer: Callable[[SupportsIndex], int] = c_int) -> bool:
    """An argument that is a yes or no: any object, but before Python 3.12 an integer of a certain size."""
    return bool(value if sys.version_info >= (3, 12) else integer(value))


def c_unsigned(value: SupportsIndex, bits: int = 32) -> int:
    """An argument that goes into an unsigned C type (``_PyLong_UnsignedInt_Converter``): an int itself.

    Raises:
        TypeError: no integer.
        ValueError: it is negative.
        OverflowError: it does not fit.
    """
    if not isinstance(value, int):
        raise TypeError("an integer is required")
    number = int(value)
    if number < 0:
        raise ValueError("value must be positive")
    if number >> bits:
        if bits == 64:
            raise OverflowError("int too big to convert")
        kind = "to convert to C unsigned long" if number >> 64 else "for C unsigned int"
        raise OverflowError(f"Python int too large {kind}")
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


def descriptor_list(fds: Iterable[int]) -> str:
    """Descriptors in words, for messages: ``descriptors 3, 4``."""
    numbers = sorted(set(fds))
    if not numbers:
        return "no descriptors"
    return f"descriptor{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
