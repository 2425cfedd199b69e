"""CPython's conversions of arguments: descriptors, integers, buffers.

Each function accepts and refuses what the conversion in CPython accepts and refuses, with the same exception
and message (``PyObject_AsFileDescriptor`` and its relatives). C's integer
types differ in size and in the converter that each function uses, so there is one function for each
converter. Conversions differ between versions of Python; these follow the Python that runs them.
"""

from __future__ import annotations

import operator
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Any, Protocol, SupportsIndex

from sim.kernel import socket_options

SINCE_3_12: bool = sys.version_info >= (3, 12)
SINCE_3_14: bool = sys.version_info >= (3, 14)
SINCE_3_15: bool = sys.version_info >= (3, 15)
INT_MAX = 2**31 - 1
INT_BYTES = 4
_TIME_MAX = 2**63 - 1
_BYTES_HEAD = 33
"""Size of a bytes object beyond its bytes."""
_ADDRESS_BITS = 47
"""Bits of a process's addresses on x86-64."""

_UNSIGNED_TYPES = {16: "unsigned short", 32: "unsigned int", 64: "unsigned long long"}


class HasFileno(Protocol):
    """An object with a descriptor."""

    def fileno(self) -> int:
        """The descriptor's number."""


Buffer = bytes | bytearray | memoryview
"""Objects that carry bytes to or from a call."""
FileDescriptorLike = int | HasFileno


def c_int(value: SupportsIndex) -> int:
    """An argument that is stored in a C int (``PyLong_AsInt``)."""
    number = operator.index(value)
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError("Python int too large to convert to C int")
    return number


def c_long(value: SupportsIndex, kind: str = "long") -> int:
    """An argument that is stored in a C long, or in another 64-bit type.

    Args:
        value: the argument.
        kind: the type's name in the error message.
    """
    number = operator.index(value)
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError(f"Python int too large to convert to C {kind}")
    return number


def parsed_int(value: SupportsIndex) -> int:
    """An argument that a format string stores in a C int (``PyArg_ParseTuple``)."""
    number = c_long(value)
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError(
            f"signed integer is {'greater than maximum' if number > 0 else 'less than minimum'}"
        )
    return number


def c_size(value: SupportsIndex) -> int:
    """An argument that is stored in a C ``ssize_t``."""
    return c_long(value, "ssize_t")


def room_for(size: int) -> int:
    """Check that a bytes object of this size can be made; returns the size.

    Raises:
        OverflowError: larger than any bytes object.
        MemoryError: larger than a process's address space.
    """
    if size > _TIME_MAX - _BYTES_HEAD:
        raise OverflowError("byte string is too large")
    if size >> _ADDRESS_BITS:
        raise MemoryError
    return size


def received_size(bufsize: SupportsIndex, caller: str) -> int:
    """The largest number of bytes that a call may return.

    Args:
        bufsize: the argument.
        caller: the function's name in the error message.

    Raises:
        ValueError: the size is negative.
    """
    if type(bufsize) is int and 0 <= bufsize <= INT_MAX:
        return bufsize
    size = c_size(bufsize)
    if size < 0:
        raise ValueError(f"negative buffersize in {caller}")
    return room_for(size)


def room_in(buffer: Buffer, nbytes: SupportsIndex, caller: str) -> memoryview:
    """The part of a buffer to fill.

    Args:
        buffer: a writable buffer.
        nbytes: size of the part; 0 for the whole buffer.
        caller: the function's name in the error message.
    """
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
    """The bytes that a call sends.

    Raises:
        TypeError: the object has no buffer.
        BufferError: the bytes are not contiguous.
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


def elements(argument: Iterable[Any], message: str) -> list[Any]:
    """The elements of an iterable argument (``PySequence_Fast``).

    Args:
        argument: the argument.
        message: message of the TypeError for an argument that is not iterable.
    """
    try:
        iterator = iter(argument)
    except TypeError:
        raise TypeError(message) from None
    return list(iterator)


def option_value(value: Any, *optlen: Any) -> bytes | None:
    """The value of a socket option, from the arguments of ``setsockopt`` after the option's number.

    Args:
        value: an int or bytes; None if a length follows.
        optlen: empty, or the length of a null pointer.

    Returns:
        The bytes to pass to the kernel; None for a null pointer.

    Raises:
        TypeError: not an int and without a buffer; a length and a value other than None.
    """
    if optlen:
        return _null_pointer(value, *optlen)
    if SINCE_3_15:
        return _int_or_bytes(value)
    try:
        return socket_options.packed(parsed_int(value))
    except Exception:  # after any error CPython tries the value as bytes
        return content(value)


def _int_or_bytes(value: Any) -> bytes:
    """The value of a socket option from Python 3.15 on, which decides by the value's type."""
    if value is None:
        raise TypeError("setsockopt() requires 4 arguments when the third argument is None")
    if hasattr(type(value), "__index__"):
        return socket_options.packed(parsed_int(value))
    try:
        return content(value)
    except TypeError:
        kind = full_name(type(value))
        message = f"socket option should be int, bytes-like object or None (got {kind})"
        raise TypeError(message) from None


def _null_pointer(value: object, *optlen: Any) -> bytes | None:
    """A null pointer with a length: None; ``b""`` if the length is out of range."""
    if SINCE_3_15:
        _check_null_pointer(value, len(optlen))
    try:
        (length,) = map(operator.index, optlen)
    except Exception:
        if SINCE_3_15:
            raise
        length = None
    if value is not None or length is None:
        raise TypeError(f"setsockopt() takes exactly 3 arguments ({3 + len(optlen)} given)")
    return None if INT_BYTES <= c_unsigned_mask(length) < 2**31 else b""


def _check_null_pointer(value: object, lengths: int) -> None:
    """Refuse more than one length, and a length with another value than None."""
    if lengths > 1:
        raise TypeError(f"setsockopt() takes at most 4 arguments ({3 + lengths} given)")
    if value is not None:
        kind = full_name(type(value))
        raise TypeError(f"setsockopt() only takes 4 arguments when the third argument is None (got {kind})")


def c_socket(value: SupportsIndex) -> int:
    """A descriptor as the socket module converts it: a C long, truncated to an int."""
    return (c_long(value) + 2**31) % 2**32 - 2**31


def truth(value: Any, integer: Callable[[SupportsIndex], int] = c_int) -> bool:
    """A truth value: any object; before Python 3.12 an integer.

    Args:
        value: the argument.
        integer: the conversion before Python 3.12.
    """
    return bool(value if SINCE_3_12 else integer(value))


def c_unsigned(value: SupportsIndex, bits: int = 32) -> int:
    """An argument that is stored in an unsigned C type (``_PyLong_UnsignedInt_Converter``).

    Args:
        value: the argument; before Python 3.14 only an int itself.
        bits: size of the type: 16, 32 or 64.

    Raises:
        TypeError: not an integer.
        ValueError: negative.
        OverflowError: too large.
    """
    if SINCE_3_14:
        number = operator.index(value)
        if number < 0:
            raise ValueError("Cannot convert negative int")
        if number >> bits:
            raise OverflowError(f"Python int too large for C {_UNSIGNED_TYPES[bits]}")
        return number
    if not isinstance(value, int):
        raise TypeError("an integer is required")
    number = int(value)
    if number < 0:
        raise ValueError("value must be positive")
    if number >> bits:
        if bits == 64:
            raise OverflowError("int too big to convert")
        kind = "to convert to C unsigned long" if number >> 64 else f"for C {_UNSIGNED_TYPES[bits]}"
        raise OverflowError(f"Python int too large {kind}")
    return number


def c_unsigned_mask(value: SupportsIndex) -> int:
    """An argument that is cut to 32 bits (format ``I``); Python 3.15 warns if this changes its value."""
    number = operator.index(value)
    if SINCE_3_15 and not -INT_MAX - 1 <= number < 2**32:
        warnings.warn("integer value out of range", DeprecationWarning, stacklevel=3)
    return number & 0xFFFFFFFF


def c_long_long(value: SupportsIndex) -> int:
    """An argument that is stored in a C long long."""
    number = operator.index(value)
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError("int too big to convert")
    return number


def descriptor(value: FileDescriptorLike) -> int:
    """The descriptor's number, from a number or from an object with a ``fileno()`` method.

    Raises:
        TypeError: neither of the two.
        ValueError: negative.
        OverflowError: does not fit into a C int.
    """
    if isinstance(value, int):
        number = int(value)
    else:
        method = getattr(value, "fileno", None)
        if method is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        number = method()
        if not isinstance(number, int):
            if SINCE_3_15:
                kinds = full_name(type(value)), full_name(type(number))
                raise TypeError(f"{kinds[0]}.fileno() must return an int, not {kinds[1]}")
            raise TypeError("fileno() returned a non-integer")
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError("Python int too large to convert to C int")
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def full_name(kind: type) -> str:
    """A class's name as newer messages of CPython print it (``%T``): with its module."""
    if kind.__module__ in {"builtins", "__main__"}:
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def descriptor_list(fds: Iterable[int]) -> str:
    """Descriptors in words, for messages: ``descriptors 3, 4``."""
    numbers = sorted(set(fds))
    if not numbers:
        return "no descriptors"
    return f"descriptor{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
