"""What the socket module knows besides sockets: kinds, addresses, and its own errors.

There is no name service: ``localhost`` is known, everything else must be a number.
"""

from __future__ import annotations

import errno
import os

from sim import options
from sim.faces.arguments import c_int
from sim.faces.names import AddressFamily, SocketKind
from sim.loopback import ANY, LOOPBACK, InetAddress
from sim.polling import oserror

_FLAGS = int(SocketKind.SOCK_NONBLOCK | SocketKind.SOCK_CLOEXEC)
_PAIR_KINDS = {SocketKind.SOCK_STREAM, SocketKind.SOCK_DGRAM, SocketKind.SOCK_SEQPACKET}
_KIND_BITS, _HIGHEST_KIND, _HIGHEST_PROTOCOL = 0xF, 10, 262
"""``SOCK_TYPE_MASK``; the numbers below ``SOCK_MAX`` and ``IPPROTO_MAX``."""
_UNKNOWN_NAME = (-2, "Name or service not known")


class HostError(OSError):
    """``socket.herror``."""


class GaiError(OSError):
    """``socket.gaierror``: a name that stands for no address."""


for _error, _name in ((HostError, "herror"), (GaiError, "gaierror")):
    _error.__name__ = _error.__qualname__ = _name  # what a traceback says
    _error.__module__ = "socket"


def split_type(kind: int) -> tuple[int, int]:
    """A socket type and the flags that came with it."""
    return kind & ~_FLAGS, kind & _FLAGS


def check_kind(family: int, kind: int, proto: int, *, pair: bool = False) -> None:
    """Refuse what this kernel does not have.

    Raises:
        OSError: EINVAL, no such number; EAFNOSUPPORT, EPROTONOSUPPORT, EOPNOTSUPP or
            ESOCKTNOSUPPORT, with what is left out.
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
    if proto not in ({0, options.IPPROTO_TCP} if family == AddressFamily.AF_INET else {0, 1}):
        raise oserror(errno.EPROTONOSUPPORT)
    if not pair and family == AddressFamily.AF_UNIX:
        raise left_out(errno.EAFNOSUPPORT, "UNIX sockets come in pairs only, from socketpair()")


def left_out(code: int, what: str) -> OSError:
    """An error that says what this kernel leaves out."""
    return OSError(code, f"{os.strerror(code)} ({what})")


def address_of(family: int, address: object, caller: str) -> InetAddress:
    """Host and port as given to ``bind`` and ``connect`` (``getsockaddrarg``)."""
    if family == AddressFamily.AF_UNIX:
        if isinstance(address, str | bytes | bytearray | memoryview):
            raise left_out(errno.EOPNOTSUPP, "UNIX sockets have no names here")
        raise TypeError(f"a bytes-like object is required, not '{type(address).__name__}'")
    if not isinstance(address, tuple):
        raise TypeError(f"{caller}(): AF_INET address must be tuple, not {type(address).__name__}")
    if len(address) != 2:
        raise TypeError(f"{caller}(): AF_INET address must be a pair (host, port)")
    host, port = address
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii")
    if not isinstance(host, str):
        raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
    number = c_int(port)
    if not 0 <= number <= 0xFFFF:
        raise OverflowError(f"{caller}(): port must be 0-65535.")
    return _resolve(host), number


def _resolve(host: str) -> str:
    if host in {"", ANY}:
        return ANY
    if host in {"localhost", LOOPBACK}:
        return LOOPBACK
    parts = host.split(".")
    if len(parts) == 4 and all(part.isdecimal() and int(part) <= 255 for part in parts):
        return ".".join(str(int(part)) for part in parts)
    raise GaiError(*_UNKNOWN_NAME)
