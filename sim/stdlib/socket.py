"""``kernel.socket``: the socket module, for TCP sockets and UNIX pairs.

Functions and constants of the module; the class is in :mod:`sim.stdlib.stream`.
"""

from __future__ import annotations

from typing import Any, SupportsIndex

from sim.kernel import socket_options
from sim.kernel.files import socket as files
from sim.kernel.files.loopback import SOMAXCONN
from sim.stdlib.addresses import GaiError, HostError, check_kind, split_type
from sim.stdlib.arguments import Seconds, c_int, c_socket, duration_ns, parsed_int
from sim.stdlib.lookup import IPPROTO_UDP, Lookup
from sim.stdlib.names import AddressFamily, MsgFlag, SocketKind
from sim.stdlib.process import Process
from sim.stdlib.stream import SocketObject

DEFAULT_TIMEOUT = object()
"""Stands for the timeout that every new socket gets."""


class SocketModule(Lookup):
    """Stands where the socket module stands."""

    module = "socket"

    AddressFamily, SocketKind, MsgFlag = AddressFamily, SocketKind, MsgFlag
    AF_UNSPEC, AF_INET6 = AddressFamily.AF_UNSPEC, AddressFamily.AF_INET6
    AF_UNIX, AF_INET = AddressFamily.AF_UNIX, AddressFamily.AF_INET
    SOCK_STREAM, SOCK_DGRAM = SocketKind.SOCK_STREAM, SocketKind.SOCK_DGRAM
    SOCK_RAW, SOCK_SEQPACKET = SocketKind.SOCK_RAW, SocketKind.SOCK_SEQPACKET
    SOCK_NONBLOCK, SOCK_CLOEXEC = SocketKind.SOCK_NONBLOCK, SocketKind.SOCK_CLOEXEC
    MSG_OOB = MsgFlag.MSG_OOB
    MSG_PEEK, MSG_DONTWAIT, MSG_NOSIGNAL = MsgFlag.MSG_PEEK, MsgFlag.MSG_DONTWAIT, MsgFlag.MSG_NOSIGNAL
    SHUT_RD, SHUT_WR, SHUT_RDWR = files.SHUT_RD, files.SHUT_WR, files.SHUT_RDWR
    SOMAXCONN = SOMAXCONN
    INADDR_ANY, INADDR_LOOPBACK = 0, 0x7F000001
    IPPROTO_IP, IPPROTO_ICMP, IPPROTO_IPV6 = 0, 1, 41
    IPPROTO_TCP, IPPROTO_UDP = socket_options.IPPROTO_TCP, IPPROTO_UDP
    IPV6_V6ONLY = 26
    SOL_SOCKET, SOL_TCP = socket_options.SOL_SOCKET, socket_options.IPPROTO_TCP
    SO_REUSEADDR, SO_TYPE, SO_ERROR = (
        socket_options.SO_REUSEADDR,
        socket_options.SO_TYPE,
        socket_options.SO_ERROR,
    )
    SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE = (
        socket_options.SO_SNDBUF,
        socket_options.SO_RCVBUF,
        socket_options.SO_KEEPALIVE,
    )
    SO_LINGER, SO_ACCEPTCONN = socket_options.SO_LINGER, socket_options.SO_ACCEPTCONN
    SO_OOBINLINE, SO_RCVLOWAT = socket_options.SO_OOBINLINE, socket_options.SO_RCVLOWAT
    SO_SNDLOWAT = socket_options.SO_SNDLOWAT
    TCP_NODELAY = socket_options.TCP_NODELAY
    has_ipv6 = False

    error = OSError
    timeout = TimeoutError
    herror, gaierror = HostError, GaiError
    socket: type[SocketObject]
    SocketType: type[SocketObject]

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.socket = self.SocketType = SocketObject.on(process)

    def has_dualstack_ipv6(self) -> bool:
        """Whether one socket can take connections of both Internet families: there is only one here."""
        return False

    def socketpair(
        self,
        family: int | None = None,
        type: SupportsIndex = SocketKind.SOCK_STREAM,  # noqa: A002 (the module's own name)
        proto: SupportsIndex = 0,
    ) -> tuple[SocketObject, SocketObject]:
        """Two UNIX sockets connected to each other: streams, datagrams or packets."""
        chosen = AddressFamily.AF_UNIX if family is None else parsed_int(family)
        asked, protocol = parsed_int(type), parsed_int(proto)
        kind, _ = split_type(asked)
        check_kind(chosen, kind, protocol, pair=True)
        here, there = self._process.call(self._process.kernel.sys_socketpair, kind)
        return self.socket(chosen, asked, protocol, here), self.socket(chosen, asked, protocol, there)

    def fromfd(
        self,
        fd: SupportsIndex,
        family: SupportsIndex,
        type: SupportsIndex,  # noqa: A002 (the module's own name)
        proto: SupportsIndex = 0,
    ) -> SocketObject:
        """A socket object on a duplicate of a descriptor."""
        number = self._process.call(self._process.kernel.sys_dup, c_socket(fd))
        return self.socket(c_int(family), c_int(type), c_int(proto), number)

    def create_server(
        self,
        address: tuple[Any, ...],
        *,
        family: int = AddressFamily.AF_INET,
        backlog: int | None = None,
        reuse_port: bool = False,
        dualstack_ipv6: bool = False,
    ) -> SocketObject:
        """A listening socket on an address, which may be reused at once."""
        if dualstack_ipv6:
            raise ValueError("dualstack_ipv6 not supported on this platform")
        server = self.socket(family, SocketKind.SOCK_STREAM)
        try:
            server.setsockopt(socket_options.SOL_SOCKET, socket_options.SO_REUSEADDR, 1)
            if reuse_port:
                server.setsockopt(socket_options.SOL_SOCKET, socket_options.SO_REUSEPORT, 1)
            try:
                server.bind(address)
            except OSError as error:
                message = f"{error.strerror} (while attempting to bind on address {address!r})"
                raise OSError(error.errno, message) from None
            if backlog is None:
                server.listen()
            else:
                server.listen(backlog)
        except OSError:
            server.close()
            raise
        return server

    def create_connection(
        self,
        address: tuple[Any, Any],
        timeout: Any = DEFAULT_TIMEOUT,
        source_address: tuple[Any, ...] | None = None,
        *,
        all_errors: bool = False,
    ) -> SocketObject:
        """A socket connected to an address; ``all_errors`` has its error come in a group."""
        host, port = address
        place = self.getaddrinfo(host, port, AddressFamily.AF_INET, SocketKind.SOCK_STREAM)[0][4]
        client = self.socket(AddressFamily.AF_INET, SocketKind.SOCK_STREAM, socket_options.IPPROTO_TCP)
        try:
            if timeout is not DEFAULT_TIMEOUT:
                client.settimeout(timeout)
            if source_address:
                client.bind(source_address)
            client.connect(place)
        except OSError as error:
            client.close()
            if all_errors:
                raise ExceptionGroup("create_connection failed", [error]) from None
            raise
        return client

    def close(self, fd: SupportsIndex, /) -> None:
        """Close a socket's descriptor."""
        self._process.call(self._process.kernel.sys_close, c_socket(fd))

    def getdefaulttimeout(self) -> float | None:
        """The timeout that new sockets get, in seconds; None for none."""
        default_ns = self.socket.default_timeout_ns
        return None if default_ns is None else default_ns / 1e9

    def setdefaulttimeout(self, timeout: Seconds | None, /) -> None:
        """Give new sockets a timeout, in seconds."""
        asked_ns = None if timeout is None else duration_ns(timeout)
        if asked_ns is not None and asked_ns < 0:
            raise ValueError("Timeout value out of range")
        self.socket.default_timeout_ns = asked_ns
