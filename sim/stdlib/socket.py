"""``kernel.socket``: functions and constants of the socket module, for TCP sockets and UNIX pairs.

The class ``socket.socket`` is in :mod:`sim.stdlib.socket_object`.
"""

from __future__ import annotations

import socket as host_socket
from typing import Any, SupportsIndex

from sim.kernel import socket_options
from sim.kernel.files import socket as files
from sim.kernel.files.loopback import SOMAXCONN
from sim.stdlib import name_resolution
from sim.stdlib.argument_checks import c_int, c_socket, parsed_int
from sim.stdlib.durations import Seconds, duration_ns
from sim.stdlib.process import SimulatedProcess
from sim.stdlib.socket_addresses import GaiError, HostError, check_kind, split_type
from sim.stdlib.socket_constants import AddressFamily, AddressInfo, MsgFlag, SocketKind
from sim.stdlib.socket_object import SocketObject
from sim.stdlib.stdlib_module import StdlibModule

DEFAULT_TIMEOUT = object()
"""Value of ``create_connection``'s timeout argument that keeps the default timeout of new sockets."""


class SocketModule(StdlibModule):
    """The socket module."""

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
    IPPROTO_TCP, IPPROTO_UDP = socket_options.IPPROTO_TCP, name_resolution.IPPROTO_UDP
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
    NI_NUMERICHOST, NI_NUMERICSERV = name_resolution.NI_NUMERICHOST, name_resolution.NI_NUMERICSERV
    NI_NAMEREQD = name_resolution.NI_NAMEREQD

    getaddrinfo = staticmethod(name_resolution.getaddrinfo)
    getnameinfo = staticmethod(name_resolution.getnameinfo)
    gethostname = staticmethod(name_resolution.gethostname)
    gethostbyname = staticmethod(name_resolution.gethostbyname)
    # These are the host's functions: plain arithmetic, which gives the same result on every machine.
    inet_aton, inet_ntoa = staticmethod(host_socket.inet_aton), staticmethod(host_socket.inet_ntoa)
    inet_pton, inet_ntop = staticmethod(host_socket.inet_pton), staticmethod(host_socket.inet_ntop)
    htons, ntohs = staticmethod(host_socket.htons), staticmethod(host_socket.ntohs)
    htonl, ntohl = staticmethod(host_socket.htonl), staticmethod(host_socket.ntohl)

    error = OSError
    timeout = TimeoutError
    herror, gaierror = HostError, GaiError
    socket: type[SocketObject]
    SocketType: type[SocketObject]

    def __init__(self, process: SimulatedProcess) -> None:
        super().__init__(process)
        self.socket = self.SocketType = SocketObject.on(process)

    def has_dualstack_ipv6(self) -> bool:
        """False: this machine has IPv4 only."""
        return False

    def socketpair(
        self,
        family: int | None = None,
        type: SupportsIndex = SocketKind.SOCK_STREAM,  # noqa: A002 (the standard library's name)
        proto: SupportsIndex = 0,
    ) -> tuple[SocketObject, SocketObject]:
        """Two connected UNIX sockets, for streams, datagrams or packets."""
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
        type: SupportsIndex,  # noqa: A002 (the standard library's name)
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
        """A listening socket on an address, with SO_REUSEADDR set."""
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
        """A socket connected to an address.

        Args:
            address: host and port.
            timeout: seconds to wait at most; None waits without a limit.
            source_address: the socket's own host and port; None for any.
            all_errors: raise the error in an ``ExceptionGroup``.
        """
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
        """The timeout of new sockets in seconds; None if they wait without a limit."""
        default_ns = self.socket.default_timeout_ns
        return None if default_ns is None else default_ns / 1e9

    def setdefaulttimeout(self, timeout: Seconds | None, /) -> None:
        """Set the timeout of new sockets, in seconds; None for none."""
        asked_ns = None if timeout is None else duration_ns(timeout)
        if asked_ns is not None and asked_ns < 0:
            raise ValueError("Timeout value out of range")
        self.socket.default_timeout_ns = asked_ns
