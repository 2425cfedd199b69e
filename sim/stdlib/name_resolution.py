"""Names and addresses of the socket module: ``getaddrinfo``, ``getnameinfo`` and their relatives.

``getaddrinfo`` turns a host and a port into addresses to connect to; ``getnameinfo`` does the reverse.
Linux's C library reads files and asks name servers for that. The simulated machine has neither: it knows
the name ``localhost`` and numeric addresses, and it knows services only by number. These functions make no
system call and take no virtual time. They refuse what glibc refuses, with its error (``gaih_inet``).
"""

from __future__ import annotations

import operator
from typing import Any, SupportsIndex

from sim.kernel.files.loopback import ANY, LOOPBACK
from sim.stdlib.argument_checks import INT_MAX, SINCE_3_12, SINCE_3_14, c_long, c_size
from sim.stdlib.socket_addresses import NAME, GaiError, known_address, numeric_address
from sim.stdlib.socket_constants import AddressFamily, AddressInfo, SocketKind

IPPROTO_TCP, IPPROTO_UDP = 6, 17
NI_NUMERICHOST, NI_NUMERICSERV, NI_NAMEREQD = 1, 2, 8
EAI = {
    "EAI_BADFLAGS": (-1, "Bad value for ai_flags"),
    "EAI_NONAME": (-2, "Name or service not known"),
    "EAI_FAMILY": (-6, "ai_family not supported"),
    "EAI_SOCKTYPE": (-7, "ai_socktype not supported"),
    "EAI_SERVICE": (-8, "Servname not supported for ai_socktype"),
    "EAI_ADDRFAMILY": (-9, "Address family for hostname not supported"),
}
"""glibc's errors by name: number and text."""
_KINDS = (
    (SocketKind.SOCK_STREAM, IPPROTO_TCP),
    (SocketKind.SOCK_DGRAM, IPPROTO_UDP),
    (SocketKind.SOCK_RAW, 0),
)
_KNOWN_FLAGS = sum(AddressInfo)

FoundAddress = tuple[AddressFamily, SocketKind, int, str, tuple[str, int]]


def getaddrinfo(
    host: str | bytes | None,
    port: str | bytes | int | None,
    family: SupportsIndex = 0,
    type: SupportsIndex = 0,  # noqa: A002 (the standard library's name)
    proto: SupportsIndex = 0,
    flags: SupportsIndex = 0,
) -> list[FoundAddress]:
    """The addresses of a host and a port.

    Returns:
        Family, kind, protocol, canonical name (empty if not asked for) and address of each.

    Raises:
        GaiError: an unknown name, or a family, kind or flag that this machine does not have.
    """
    name, service = _text(host), _service(port)
    chosen, kind, protocol, wanted = (_int(value) for value in (family, type, proto, flags))
    if name is None and service is None:
        raise gai_error("EAI_NONAME")
    if wanted & ~_KNOWN_FLAGS or (wanted & AddressInfo.AI_CANONNAME and name is None):
        raise gai_error("EAI_BADFLAGS")
    if chosen not in {AddressFamily.AF_UNSPEC, AddressFamily.AF_INET, AddressFamily.AF_INET6}:
        raise gai_error("EAI_FAMILY")
    kinds = _kinds(kind, protocol, service)
    number = _port(service, wanted)
    if chosen == AddressFamily.AF_INET6:  # IPv6 is left out
        raise gai_error("EAI_ADDRFAMILY")
    address = _address(name, wanted)
    canonical = name or "" if wanted & AddressInfo.AI_CANONNAME else ""
    return [
        (AddressFamily.AF_INET, found, its_protocol, canonical if place == 0 else "", (address, number))
        for place, (found, its_protocol) in enumerate(kinds)
    ]


def getnameinfo(sockaddr: tuple[Any, ...], flags: SupportsIndex, /) -> tuple[str, str]:
    """Host and service of an address; the service is always a number.

    Raises:
        GaiError: the host is not numeric, or flags ask for a name and the address has none.
    """
    wanted = _int(flags)
    if not isinstance(sockaddr, tuple):
        raise TypeError("getnameinfo() argument 1 must be a tuple")
    if len(sockaddr) < 2 or not isinstance(sockaddr[0], str):
        raise TypeError("getnameinfo(): illegal sockaddr argument")
    if len(sockaddr) != 2:
        raise OSError("IPv4 sockaddr must be 2 tuple")
    address = _address(sockaddr[0], AddressInfo.AI_NUMERICHOST)
    if not wanted & NI_NUMERICHOST:
        if address == LOOPBACK:
            address = NAME
        elif wanted & NI_NAMEREQD:
            raise gai_error("EAI_NONAME")
    return address, str(int(sockaddr[1]))


def gethostname() -> str:
    """The machine's name."""
    return NAME


def gethostbyname(hostname: str, /) -> str:
    """The address of a host.

    Raises:
        GaiError: an unknown name.
    """
    return _address(hostname, 0) if hostname else ANY


def gai_error(name: str) -> GaiError:
    """One of glibc's errors, by name."""
    return GaiError(*EAI[name])


def _int(value: SupportsIndex) -> int:
    number = c_size(value)
    if not -INT_MAX - 1 <= number <= INT_MAX:
        bound = "greater than maximum" if number > 0 else "less than minimum"
        raise OverflowError(f"signed integer is {bound}")
    return number


def _text(name: object) -> str | None:
    """The host argument as text; None if there is no host."""
    if name is None or isinstance(name, str):
        return name
    if isinstance(name, bytes):
        return name.decode("latin-1")
    raise TypeError("getaddrinfo() argument 1 must be string or None")


def _service(port: Any) -> str | None:
    """The port argument as text; None if there is no port."""
    if port is None or isinstance(port, str):
        return port
    if isinstance(port, bytes):
        return port.decode("latin-1")
    if SINCE_3_14 and hasattr(type(port), "__index__"):
        return str(operator.index(port))
    if type(port) is int:
        return str(port if SINCE_3_12 else c_long(port))
    raise OSError("Int or String expected")


def _kinds(kind: int, protocol: int, service: str | None) -> list[tuple[SocketKind, int]]:
    """The kinds of socket to which an address applies, with their protocols."""
    known = [entry for entry in _KINDS if kind in {0, entry[0]}]
    if not known:
        raise gai_error("EAI_SOCKTYPE")
    found = [entry for entry in known if protocol in {0, entry[1]}]
    if not found and kind in {SocketKind.SOCK_STREAM, SocketKind.SOCK_DGRAM}:
        raise gai_error("EAI_SOCKTYPE")
    if not found or (kind == SocketKind.SOCK_RAW and service is not None):  # raw sockets have no ports
        raise gai_error("EAI_SERVICE")
    return found


def _port(service: str | None, flags: int) -> int:
    """The port number of a service (``strtoul``, ``htons``)."""
    try:
        number = int(service or "0")
    except ValueError:
        number = -1
    if number >> 64 > 0:  # strtoul reports ERANGE
        raise gai_error("EAI_SERVICE")
    if number < 0:
        raise gai_error("EAI_NONAME" if flags & AddressInfo.AI_NUMERICSERV else "EAI_SERVICE")
    return number & 0xFFFF


def _address(name: str | None, flags: int) -> str:
    """The address of a host."""
    if name is None:
        return ANY if flags & AddressInfo.AI_PASSIVE else LOOPBACK
    find = numeric_address if flags & AddressInfo.AI_NUMERICHOST else known_address
    address = find(name)
    if address is None:
        raise gai_error("EAI_NONAME")
    return address
