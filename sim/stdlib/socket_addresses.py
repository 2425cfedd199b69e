"""Checks of socket kinds, flags and addresses, and the socket module's own exceptions.

The simulated machine has no name service: it knows the name ``localhost``, and numeric IPv4 addresses.
"""

from __future__ import annotations

import errno
import operator
import os
import re
from typing import SupportsIndex

from sim.kernel import socket_options
from sim.kernel.files.loopback import ANY, LOOPBACK, InetAddress
from sim.kernel.poll_bits import oserror
from sim.stdlib.argument_checks import parsed_int
from sim.stdlib.socket_constants import AddressFamily, MsgFlag, SocketKind

_FLAGS = int(SocketKind.SOCK_NONBLOCK | SocketKind.SOCK_CLOEXEC)
_UNKNOWN_FLAGS = ~int(sum(MsgFlag))
_NO_FLAGS = 0
_PAIR_KINDS = {SocketKind.SOCK_STREAM, SocketKind.SOCK_DGRAM, SocketKind.SOCK_SEQPACKET}
_KIND_BITS, _HIGHEST_KIND, _HIGHEST_PROTOCOL = 0xF, 10, 262
"""``SOCK_TYPE_MASK``; the numbers below ``SOCK_MAX`` and ``IPPROTO_MAX``."""
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*", re.ASCII)
"""One number of an address: hexadecimal, octal or decimal, in C's notation."""
NAME = "localhost"
"""The machine's name, and the only name that it knows."""
_UNKNOWN_NAME = (-2, "Name or service not known")


class HostError(OSError):
    """``socket.herror``."""


class GaiError(OSError):
    """``socket.gaierror``: a name without an address."""


for _error, _name in ((HostError, "herror"), (GaiError, "gaierror")):
    _error.__name__ = _error.__qualname__ = _name  # as tracebacks print it
    _error.__module__ = "socket"


def split_type(kind: int) -> tuple[int, int]:
    """A kind of socket, and the flags that were added to it."""
    return kind & ~_FLAGS, kind & _FLAGS


def check_kind(family: int, kind: int, proto: int, *, pair: bool = False) -> None:
    """Refuse kinds of socket that this kernel does not have.

    Args:
        family: address family.
        kind: kind without flags.
        proto: protocol.
        pair: True for ``socketpair``.

    Raises:
        OSError: EINVAL for a number that Linux does not have; EAFNOSUPPORT, EPROTONOSUPPORT, EOPNOTSUPP or
            ESOCKTNOSUPPORT, with a text that names the feature that is left out.
    """
    if kind & ~_KIND_BITS:
        raise oserror(errno.EINVAL)
    if family not in {AddressFamily.AF_UNIX, AddressFamily.AF_INET}:
        raise oserror(errno.EAFNOSUPPORT)
    if kind > _HIGHEST_KIND or (family == AddressFamily.AF_INET and not 0 <= proto <= _HIGHEST_PROTOCOL):
        raise oserror(errno.EINVAL)
    if kind != SocketKind.SOCK_STREAM and not (pair and kind in _PAIR_KINDS):
        what = "datagram and packet sockets come in UNIX pairs only"
        raise left_out(errno.ESOCKTNOSUPPORT, what)
    if pair and family == AddressFamily.AF_INET:
        raise oserror(errno.EOPNOTSUPP)
    if proto not in ({0, socket_options.IPPROTO_TCP} if family == AddressFamily.AF_INET else {0, 1}):
        raise oserror(errno.EPROTONOSUPPORT)
    if not pair and family == AddressFamily.AF_UNIX:
        raise left_out(errno.EAFNOSUPPORT, "UNIX sockets come in pairs only, from socketpair()")


def left_out(code: int, what: str) -> OSError:
    """An error for something that this kernel leaves out.

    Args:
        code: errno.
        what: the explanation after the errno's text.
    """
    return OSError(code, f"{os.strerror(code)} ({what})")


def known_flags(flags: SupportsIndex = 0) -> int:
    """The flags of a send or recv as a number.

    Raises:
        OSError: EOPNOTSUPP, a flag that this kernel leaves out.
    """
    if flags is _NO_FLAGS:
        return 0
    number = parsed_int(flags)
    if number & _UNKNOWN_FLAGS:
        raise left_out(errno.EOPNOTSUPP, f"flags {number:#x} are left out here")
    return number


def address_of(family: int, address: object, caller: str) -> InetAddress:
    """Convert the address argument of ``bind`` and ``connect`` (``getsockaddrarg``).

    Args:
        family: the socket's address family.
        address: the argument.
        caller: the function's name in error messages.
    """
    if family == AddressFamily.AF_UNIX:
        if isinstance(address, str | bytes | bytearray | memoryview):
            raise left_out(errno.EOPNOTSUPP, "UNIX sockets have no names here")
        raise TypeError(f"a bytes-like object is required, not '{type(address).__name__}'")
    if not isinstance(address, tuple):
        raise TypeError(f"{caller}(): AF_INET address must be tuple, not {type(address).__name__}")
    if len(address) != 2:
        raise TypeError("AF_INET address must be a pair (host, port)")
    host, port = address
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii")
    if not isinstance(host, str):
        raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
    number = operator.index(port)
    if not 0 <= number <= 0xFFFF:
        raise OverflowError(f"{caller}(): port must be 0-65535.")
    return _resolve(host), number


def check_address(family: int, kind: int, address: object, caller: str) -> None:
    """Check the address argument of ``sendto`` and ``sendmsg``. All sockets that can send here are connected.

    Args:
        family: the socket's address family.
        kind: the kind of socket.
        address: the argument.
        caller: the function's name in error messages.

    Raises:
        OSError: EISCONN; EOPNOTSUPP for the name of a UNIX socket.
        TypeError: not an address.
    """
    if family != AddressFamily.AF_UNIX:
        address_of(family, address, caller)
        return
    if not isinstance(address, str | bytes | bytearray | memoryview):
        raise TypeError(f"a bytes-like object is required, not '{type(address).__name__}'")
    if kind == SocketKind.SOCK_STREAM:
        raise oserror(errno.EISCONN)
    if kind == SocketKind.SOCK_DGRAM:
        raise left_out(errno.EOPNOTSUPP, "UNIX sockets have no names here")


def _resolve(host: str) -> str:
    """The IPv4 address of a host argument of ``bind`` and ``connect`` (``setipaddr``)."""
    if not host:
        return ANY
    if host == "<broadcast>":
        return "255.255.255.255"
    address = known_address(host)
    if address is None:
        raise GaiError(*_UNKNOWN_NAME)
    return address


def known_address(host: str) -> str | None:
    """The IPv4 address of ``localhost`` or of a numeric address; None for other names."""
    return LOOPBACK if host == NAME else numeric_address(host)


def numeric_address(host: str) -> str | None:
    """The IPv4 address that one to four numbers form; None if the text is not numeric."""
    number = _number_of(host.split("."))
    return None if number is None else ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def _number_of(parts: list[str]) -> int | None:
    """The 32-bit number that up to four numbers form; the last fills the remaining bits (``inet_aton``)."""
    if len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)):
        return None
    *bytes_, rest = (
        int(part, 16 if part[1:2] in {"x", "X"} else 8 if part[0] == "0" else 10) for part in parts
    )
    if any(byte > 255 for byte in bytes_) or rest >> 8 * (4 - len(bytes_)):
        return None
    return rest + sum(byte << 24 - 8 * position for position, byte in enumerate(bytes_))
