"""Names and addresses: getaddrinfo, getnameinfo and the conversions, for numbers and localhost."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, message

STREAM, DATAGRAM, RAW = 1, 2, 3
INET, INET6, UNIX = 2, 10, 1
TCP, UDP = 6, 17
PASSIVE, CANONICAL, NUMERIC_HOST, NUMERIC_SERVICE = 1, 2, 4, 1024

NAMES = (
    *("AF_UNSPEC", "AF_INET6", "SOCK_DGRAM", "SOCK_RAW", "SOCK_SEQPACKET"),
    *("AI_PASSIVE", "AI_CANONNAME", "AI_NUMERICHOST", "AI_NUMERICSERV"),
    *("AI_V4MAPPED", "AI_ALL", "AI_ADDRCONFIG"),
    *("EAI_BADFLAGS", "EAI_NONAME", "EAI_FAMILY", "EAI_SOCKTYPE", "EAI_SERVICE", "EAI_ADDRFAMILY"),
    *("NI_NUMERICHOST", "NI_NUMERICSERV", "NI_NAMEREQD"),
    *("IPPROTO_ICMP", "IPPROTO_UDP", "IPPROTO_IPV6", "IPV6_V6ONLY"),
)


@case("netdb.h: the numbers")
def constants_of_lookup(world: World) -> Any:
    socket = world.socket
    return [(name, int(getattr(socket, name)), repr(getattr(socket, name))) for name in NAMES]


@case("getaddrinfo(3): hosts")
def hosts(world: World) -> Any:
    numbers = ("127.0.0.1", "127.1", "0x7f.1", "10.1.2.3", "0", b"127.0.0.1")
    no_numbers = ("127.0.0.1 x", "127.0.0.1\n", "256.1.1.1", "1.2.3.4 ", "", "name.invalid", "a.b.c.d.e")
    find = world.socket.getaddrinfo
    seen = [find(host, 80, INET, STREAM) for host in (*numbers, "localhost")]
    seen += [message(find, host, 80, INET, STREAM, 0, NUMERIC_HOST) for host in (*no_numbers, "localhost")]
    seen += [find(None, 80, INET, STREAM), find(None, 80, INET, STREAM, 0, PASSIVE)]
    return [*seen, message(find, None, None), message(find, 5, 80), message(find, "", 80)]


@case("getaddrinfo(3): services")
def services(world: World) -> Any:
    find = world.socket.getaddrinfo
    ports = (80, "80", b"80", " 80", "+80", None, "", 70_000)
    seen = [find("127.0.0.1", port, 0, STREAM) for port in ports]
    bad = (-1, "no-such-service", 1.5, 2**70)
    seen += [message(find, "127.0.0.1", port, 0, STREAM) for port in bad]
    return [*seen, message(find, "127.0.0.1", "no-such-service", 0, STREAM, 0, NUMERIC_SERVICE)]


@case("getaddrinfo(3): families, kinds, protocols (gaih_inet)")
def kinds_of_addresses(world: World) -> Any:
    find = world.socket.getaddrinfo
    asked = [(0, 0, 0), (INET, 0, 0), (0, 0, TCP), (0, DATAGRAM, UDP), (0, RAW, 0), (0, STREAM, UDP)]
    asked += [(0, 77, 0), (INET6, STREAM, 0), (UNIX, STREAM, 0), (77, STREAM, 0), (0, RAW, TCP)]
    return [message(find, "127.0.0.1", 80, *hints) for hints in asked]


@case("getaddrinfo(3): flags")
def flags_of_getaddrinfo(world: World) -> Any:
    find = world.socket.getaddrinfo
    seen = [find(host, 80, INET, STREAM, 0, CANONICAL) for host in ("127.0.0.1", "localhost")]
    seen += [find("127.0.0.1", 80, INET, 0, 0, CANONICAL)]
    bad = ((None, 80, INET, STREAM, 0, CANONICAL), ("127.0.0.1", 80, 0, STREAM, 0, 1 << 20))
    return seen, [message(find, *given) for given in bad], message(find, "127.0.0.1", 80, 2**40)


@case("getnameinfo(3): numbers")
def names_of_addresses(world: World) -> Any:
    tell = world.socket.getnameinfo
    seen = [tell(("10.1.2.3", 80), 3), tell(("127.1", 12_345), 3)]
    bad = (("localhost", 80), "text", (1,), ("127.0.0.1", 80, 1), ("127.0.0.1",))
    return seen, [message(tell, address, 3) for address in bad]


@case("inet(3): numbers to text and back")
def conversions(world: World) -> Any:
    socket = world.socket
    seen = [socket.inet_aton("127.1"), socket.inet_ntoa(b"\1\2\3\4"), socket.inet_pton(INET, "10.0.0.1")]
    seen += [socket.inet_ntop(INET6, b"\0" * 15 + b"\1"), socket.htons(80), socket.ntohl(1)]
    return [*seen, message(socket.inet_aton, "name"), message(socket.inet_pton, INET, "127.1")]


@case("gethostbyname(3): numbers and localhost")
def hosts_by_name(world: World) -> Any:
    find = world.socket.gethostbyname
    return find("localhost"), find("127.1"), find("10.1.2.3")
