"""Names and addresses: the part of the socket module that asks nobody but the C library.

getaddrinfo turns a host and a port into addresses to connect to, and getnameinfo back. Linux's C
library reads files and asks name servers for that. This machine has neither: it knows ``localhost``
and numbers, and of services only their numbers. The calls make no system call, and take no virtual
time. What they refuse, and with which error, is glibc's (``gaih_inet``).
"""

from __future__ import annotations

import socket as host
from typing import Any, SupportsIndex

from sim.kernel.files.loopback import ANY, LOOPBACK
from sim.stdlib.addresses import NAME, GaiError, known_address, numeric_address
from sim.stdlib.arguments import INT_MAX, c_long_long, c_size
from sim.stdlib.names import AddressFamily, AddressInfo, SocketKind
from sim.stdlib.process import StdlibModule

IPPROTO_TCP, IPPROTO_UDP = 6, 17
_KINDS = (
    (SocketKind.SOCK_STREAM, IPPROTO_TCP),
    (SocketKind.SOCK_DGRAM, IPPROTO_UDP),
    (SocketKind.SOCK_RAW, 0),
)
EAI = {
    "EAI_BADFLAGS": (-1, "Bad value for ai_flags"),
    "EAI_NONAME": (-2, "Name or service not known"),
    "EAI_FAMILY": (-6, "ai_family not supported"),
    "EAI_SOCKTYPE": (-7, "ai_socktype not supported"),
    "EAI_SERVICE": (-8, "Servname not supported for ai_socktype"),
    "EAI_ADDRFAMILY": (-9, "Address family for hostname not supported"),
}
"""glibc's errors, by name: number and text."""
_KNOWN_FLAGS = sum(AddressInfo)

Found = tuple[AddressFamily, SocketKind, int, str, tuple[str, int]]


class Lookup(StdlibModule):
    """What the socket module knows about names; it stands in ``kernel.socket``."""

    AddressInfo = AddressInfo
    AI_PASSIVE, AI_CANONNAME = AddressInfo.AI_PASSIVE, AddressInfo.AI_CANONNAME
    AI_NUMERICHOST, AI_NUMERICSERV = AddressInfo.AI_NUMERICHOST, AddressInfo.AI_NUMERICSERV
    AI_V4MAPPED, AI_ALL, AI_ADDRCONFIG = (
        AddressInfo.AI_V4MAPPED,
        AddressInfo.AI_ALL,
        AddressInfo.AI_ADDRCONFIG,
    )
    EAI_BADFLAGS, EAI_NONAME, EAI_FAMILY = -1, -2, -6
    EAI_SOCKTYPE, EAI_SERVICE, EAI_ADDRFAMILY = -7, -8, -9
    NI_NUMERICHOST, NI_NUMERICSERV, NI_NAMEREQD = 1, 2, 8

    # Pure arithmetic, the same on any machine: the host's functions serve.
    inet_aton, inet_ntoa = staticmethod(host.inet_aton), staticmethod(host.inet_ntoa)
    inet_pton, inet_ntop = staticmethod(host.inet_pton), staticmethod(host.inet_ntop)
    htons, ntohs = staticmethod(host.htons), staticmethod(host.ntohs)
    htonl, ntohl = staticmethod(host.htonl), staticmethod(host.ntohl)

    def getaddrinfo(
        self,
        host: str | bytes | None,
        port: str | bytes | int | None,
        family: SupportsIndex = 0,
        type: SupportsIndex = 0,  # noqa: A002 (the module's own name)
        proto: SupportsIndex = 0,
        flags: SupportsIndex = 0,
    ) -> list[Found]:
        """The addresses that a host and a port stand for.

        Returns:
            Family, kind, protocol, canonical name (empty if not asked for) and address of each.

        Raises:
            GaiError: a name that is not known, or a family, kind or flag that there is not.
        """
        name, service = _text(host), _service(port)
        chosen, kind, protocol, wanted = (_int(value) for value in (family, type, proto, flags))
        if name is None and service is None:
            raise error("EAI_NONAME")
        if wanted & ~_KNOWN_FLAGS or (wanted & AddressInfo.AI_CANONNAME and name is None):
            raise error("EAI_BADFLAGS")
        if chosen not in {AddressFamily.AF_UNSPEC, AddressFamily.AF_INET, AddressFamily.AF_INET6}:
            raise error("EAI_FAMILY")
        kinds = _kinds(kind, protocol, service)
        number = _port(service, wanted)
        if chosen == AddressFamily.AF_INET6:  # families other than the Internet's are left out
            raise error("EAI_ADDRFAMILY")
        address = _address(name, wanted)
        canonical = name or "" if wanted & AddressInfo.AI_CANONNAME else ""
        return [
            (AddressFamily.AF_INET, found, its_protocol, canonical if place == 0 else "", (address, number))
            for place, (found, its_protocol) in enumerate(kinds)
        ]

    def getnameinfo(self, sockaddr: tuple[Any, ...], flags: SupportsIndex, /) -> tuple[str, str]:
        """The host and the service an address stands for; services are told by number.

        Raises:
            GaiError: the host is no number, or a name is required and it has none.
        """
        wanted = _int(flags)
        if not isinstance(sockaddr, tuple):
            raise TypeError("getnameinfo() argument 1 must be a tuple")
        if len(sockaddr) < 2 or not isinstance(sockaddr[0], str):
            raise TypeError("getnameinfo(): illegal sockaddr argument")
        if len(sockaddr) != 2:
            raise OSError("IPv4 sockaddr must be 2 tuple")
        address = _address(sockaddr[0], AddressInfo.AI_NUMERICHOST)
        if not wanted & self.NI_NUMERICHOST:
            if address == LOOPBACK:
                address = NAME
            elif wanted & self.NI_NAMEREQD:
                raise error("EAI_NONAME")
        return address, str(int(sockaddr[1]))

    def gethostname(self) -> str:
        """What this machine is called."""
        return NAME

    def gethostbyname(self, hostname: str, /) -> str:
        """A host's address.

        Raises:
            GaiError: a name that is not known.
        """
        return _address(hostname, 0) if hostname else ANY


def error(name: str) -> GaiError:
    """One of glibc's errors."""
    return GaiError(*EAI[name])


def _int(value: SupportsIndex) -> int:
    number = c_size(value)
    if not -INT_MAX - 1 <= number <= INT_MAX:
        raise OverflowError(
            f"signed integer is {'greater' if number > 0 else 'less'} than {_BOUND[number > 0]}"
        )
    return number


_BOUND = {True: "maximum", False: "minimum"}


def _text(name: object) -> str | None:
    """A host as getaddrinfo takes it."""
    if name is None or isinstance(name, str):
        return name
    if isinstance(name, bytes):
        return name.decode("latin-1")
    raise TypeError("getaddrinfo() argument 1 must be string or None")


def _service(port: object) -> str | None:
    """A port as getaddrinfo takes it."""
    if port is None or isinstance(port, str):
        return port
    if isinstance(port, bytes):
        return port.decode("latin-1")
    if isinstance(port, int):
        try:
            return str(c_long_long(port))
        except OverflowError:
            raise OverflowError("Python int too large to convert to C long") from None
    raise OSError("Int or String expected")


def _kinds(kind: int, protocol: int, service: str | None) -> list[tuple[SocketKind, int]]:
    """The kinds of socket that an address is good for, with their protocols."""
    known = [entry for entry in _KINDS if kind in {0, entry[0]}]
    if not known:
        raise error("EAI_SOCKTYPE")
    found = [entry for entry in known if protocol in {0, entry[1]}]
    if not found and kind in {SocketKind.SOCK_STREAM, SocketKind.SOCK_DGRAM}:
        raise error("EAI_SOCKTYPE")
    if not found or (kind == SocketKind.SOCK_RAW and service is not None):  # raw sockets have no ports
        raise error("EAI_SERVICE")
    return found


def _port(service: str | None, flags: int) -> int:
    """The port that a service stands for (``strtoul``, ``htons``)."""
    try:
        number = int(service or "0")
    except ValueError:
        number = -1
    if number < 0:
        raise error("EAI_NONAME" if flags & AddressInfo.AI_NUMERICSERV else "EAI_SERVICE")
    return number & 0xFFFF


def _address(name: str | None, flags: int) -> str:
    """The address that a host stands for."""
    if name is None:
        return ANY if flags & AddressInfo.AI_PASSIVE else LOOPBACK
    find = numeric_address if flags & AddressInfo.AI_NUMERICHOST else known_address
    address = find(name)
    if address is None:
        raise error("EAI_NONAME")
    return address
