"""``kernel.socket.socket``: the class.

CPython's part of the calls (``Lib/socket.py``, ``Modules/socketmodule.c``) is done here. A socket without a
timeout waits in the kernel. A socket with a timeout is non-blocking in the kernel, and CPython polls it
before each call. With ``settimeout(0)`` the program gets EAGAIN. Each kernel has a class of its own.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, NoReturn, SupportsIndex, TypeVar

from sim.kernel import poll_bits, socket_options
from sim.kernel.files.inet import TcpSocket
from sim.kernel.files.loopback import ANY
from sim.kernel.files.socket import Address, Socket
from sim.kernel.files.unix import UnixSocket
from sim.kernel.poll_bits import oserror
from sim.stdlib.argument_checks import (
    Buffer,
    c_int,
    c_long,
    c_socket,
    content,
    elements,
    option_value,
    parsed_int,
    received_size,
    room_in,
    truth,
)
from sim.stdlib.durations import Seconds, duration_ns
from sim.stdlib.process import SimulatedProcess
from sim.stdlib.socket_addresses import (
    GaiError,
    address_of,
    check_address,
    check_kind,
    known_flags,
    left_out,
    split_type,
)
from sim.stdlib.socket_constants import AddressFamily, MsgFlag, SocketKind, enum_or_number
from sim.stdlib.socket_timeouts import call_within, wait_ready

Result = TypeVar("Result")
_OOB, _PEEK = int(MsgFlag.MSG_OOB), int(MsgFlag.MSG_PEEK)
_DONTWAIT = int(MsgFlag.MSG_DONTWAIT)
UIO_MAXIOV = 1024


class SocketObject:
    """A socket object: a descriptor, and the state that Python adds to it."""

    _process: ClassVar[SimulatedProcess]
    _accepted_class: ClassVar[type[SocketObject]]
    """Class of accepted connections: the module's own class, even if a subclass accepts."""
    default_timeout_ns: ClassVar[int | None] = None
    """The timeout of new sockets in ns (``setdefaulttimeout``); None for none."""

    @staticmethod
    def on(process: SimulatedProcess) -> type[SocketObject]:
        """The class for one process."""
        names = {"_process": process, "__module__": "socket", "__slots__": ("__weakref__",)}
        socket_class: type[SocketObject] = type("socket", (SocketObject,), names)
        socket_class._accepted_class = socket_class
        return socket_class

    __slots__ = ("_family", "_fd", "_kind", "_proto", "_timeout_ns")

    def __init__(
        self,
        family: SupportsIndex = -1,
        type: SupportsIndex = -1,  # noqa: A002 (the standard library's name)
        proto: SupportsIndex = -1,
        fileno: SupportsIndex | None = None,
    ) -> None:
        self._fd = -1
        chosen, asked, protocol = c_int(family), c_int(type), c_int(proto)
        protocol = 0 if protocol == -1 else protocol
        kind, flags = split_type(SocketKind.SOCK_STREAM if asked == -1 else asked)
        kernel = self._process.kernel
        if fileno is not None:
            number = c_socket(fileno)
            if number < 0:
                raise ValueError("negative file descriptor")
            self._process.call(kernel.sys_getsockname, number)
            file = kernel.table.file(number)
            if chosen == -1:
                unix = isinstance(file, UnixSocket)
                chosen = AddressFamily.AF_UNIX if unix else AddressFamily.AF_INET
            if asked == -1 and isinstance(file, Socket):
                kind = file.kind
            self._fd = number
        else:
            chosen = AddressFamily.AF_INET if chosen == -1 else chosen
            check_kind(chosen, kind, protocol)
            self._fd = self._process.call(kernel.sys_socket)
        self._family, self._kind = enum_or_number(AddressFamily, chosen), enum_or_number(SocketKind, kind)
        self._proto = protocol
        self._timeout_ns = 0 if flags & int(SocketKind.SOCK_NONBLOCK) else self.default_timeout_ns
        if self._timeout_ns is not None:
            self._process.call(kernel.sys_set_blocking, self._fd, False)

    def __repr__(self) -> str:
        kind = f"family={int(self.family)}, type={int(self.type)}, proto={self.proto}"
        if self._fd < 0:
            return f"<socket.socket [closed] fd=-1, {kind}>"
        names = ""
        for label, call in (("laddr", self.getsockname), ("raddr", self.getpeername)):
            with suppress(OSError):
                names += f", {label}={name}" if (name := call()) else ""
        return f"<socket.socket fd={self._fd}, {kind}{names}>"

    def __getstate__(self) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    def __getattr__(self, name: str) -> object:
        verb = "is" if name.startswith("_") else "is left out of the simulated kernel, or is"
        raise AttributeError(f"socket.socket.{name} {verb} no attribute of a socket", name=name, obj=self)

    @property
    def family(self) -> int:
        """The address family; a plain number if it has no name."""
        return self._family

    @property
    def type(self) -> int:
        """The kind of socket, without flags."""
        return self._kind

    @property
    def proto(self) -> int:
        """The protocol that the program asked for."""
        return self._proto

    # -- the descriptor -------------------------------------------------------------------

    def fileno(self) -> int:
        """The descriptor; -1 if the object is closed."""
        return self._fd

    def detach(self) -> int:
        """Close the object but not the descriptor, and return the descriptor."""
        fd, self._fd = self._fd, -1
        return fd

    def close(self) -> None:
        """Close the descriptor."""
        fd = self.detach()
        if fd >= 0:
            self._process.call(self._process.kernel.sys_close, fd)

    def dup(self) -> SocketObject:
        """A second object, on a duplicate of the descriptor."""
        number = self._process.call(self._process.kernel.sys_dup, self._fd)
        twin = self.__class__(self.family, self.type, self.proto, number)
        twin.settimeout(self.gettimeout())
        return twin

    def get_inheritable(self) -> bool:
        """True if the descriptor stays open in a program that this one starts."""
        return self._process.call(self._process.kernel.sys_get_inheritable, self._fd)

    def set_inheritable(self, inheritable: SupportsIndex) -> None:
        """Set whether the descriptor stays open in a program that this one starts."""
        self._process.call(self._process.kernel.sys_set_inheritable, self._fd, bool(c_int(inheritable)))

    def __enter__(self) -> SocketObject:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    # -- waiting --------------------------------------------------------------------------

    def settimeout(self, value: Seconds | None, /) -> None:
        """Set the longest time that a call waits, in seconds; None for no limit, 0 to never wait."""
        asked_ns = None if value is None else duration_ns(value)
        if asked_ns is not None and asked_ns < 0:
            raise ValueError("Timeout value out of range")
        self._timeout_ns = asked_ns
        self._process.call(self._process.kernel.sys_set_blocking, self._fd, asked_ns is None)

    def gettimeout(self) -> float | None:
        """The timeout in seconds; None for no limit."""
        return None if self._timeout_ns is None else self._timeout_ns / 1e9

    timeout = property(gettimeout)

    def setblocking(self, flag: object, /) -> None:
        """Set whether calls wait (without a limit) or never wait."""
        self.settimeout(None if truth(flag, c_long) else 0.0)

    def getblocking(self) -> bool:
        """True if calls may wait."""
        return self._timeout_ns != 0

    def _wait_ready(self, events: int, limit_ns: int, what: str) -> None:
        """:func:`sim.stdlib.socket_timeouts.wait_ready`, for this descriptor."""
        wait_ready(self._process, self._fd, events, limit_ns, lambda: self._description(what))

    def _until_done(self, what: str, events: int, function: Callable[[int], Result]) -> Result:
        """:func:`sim.stdlib.socket_timeouts.call_within`, for this descriptor and timeout."""
        if not self._timeout_ns:
            return self._process.attempt(self._fd, function, lambda: self._description(what))
        return call_within(
            self._process, self.fileno, self._timeout_ns, events, function, lambda: self._description(what)
        )

    def _description(self, what: str) -> str:
        return f"socket.{what} on descriptor {self._fd}"

    # -- connections ----------------------------------------------------------------------

    def bind(self, address: Any, /) -> None:
        """Set the socket's own address."""
        place = address_of(self.family, address, "bind")
        self._process.call(self._process.kernel.sys_bind, self._fd, place)

    def listen(self, backlog: SupportsIndex = 128, /) -> None:
        """Make the socket a listening one."""
        self._process.call(self._process.kernel.sys_listen, self._fd, max(parsed_int(backlog), 0))

    def accept(self) -> tuple[SocketObject, Address]:
        """Accept a connection: its socket, and the client's address."""
        kernel = self._process.kernel
        fd = self._until_done("accept", poll_bits.IN, kernel.sys_accept4)
        accepted = kernel.table.file(fd)
        address = accepted.remote if isinstance(accepted, TcpSocket) else (ANY, 0)
        connection = self._accepted_class(self.family, self.type, self.proto, fd)
        if self.default_timeout_ns is None and self._timeout_ns:
            connection.setblocking(True)
        return connection, address

    def connect(self, address: Any, /) -> None:
        """Connect to a listening socket."""
        self._connect(address, "connect")

    def _connect(self, address: Any, caller: str) -> None:
        place = address_of(self.family, address, caller)
        kernel = self._process.kernel

        def begin_or_report(fd: int) -> None:
            try:
                kernel.sys_connect(fd, place)
            except BlockingIOError as error:
                if error.errno != errno.EINPROGRESS or self._timeout_ns == 0:
                    raise
                kernel.sys_connect(fd, place)

        if not self._timeout_ns:
            self._process.attempt(self._fd, begin_or_report, lambda: self._description("connect"))
            return
        try:
            self._process.call(kernel.sys_connect, self._fd, place)
        except BlockingIOError as error:
            if error.errno != errno.EINPROGRESS:
                raise
            self._wait_ready(poll_bits.OUT | poll_bits.ERR, self._timeout_ns, "connect")
            code = self.getsockopt(socket_options.SOL_SOCKET, socket_options.SO_ERROR)
            if code:
                raise oserror(int(code)) from None

    def connect_ex(self, address: Any, /) -> int:
        """Connect; returns an errno in place of an exception, and 0 for success."""
        try:
            self._connect(address, "connect_ex")
        except GaiError:
            raise
        except OSError as error:
            return error.errno or errno.EAGAIN
        return 0

    def shutdown(self, how: SupportsIndex, /) -> None:
        """Shut down one direction of the connection, or both."""
        self._process.call(self._process.kernel.sys_shutdown, self._fd, c_int(how))

    # -- data -----------------------------------------------------------------------------

    def recv(self, bufsize: SupportsIndex, flags: SupportsIndex = 0, /) -> bytes:
        """Receive up to ``bufsize`` bytes; ``b""`` at the end of the stream."""
        size = received_size(bufsize, "recv")
        return self._receive(size, known_flags(flags), "recv") if size else b""

    def recv_into(self, buffer: Buffer, nbytes: SupportsIndex = 0, flags: SupportsIndex = 0) -> int:
        """Receive bytes into a buffer; returns their number."""
        room = room_in(buffer, nbytes, "recv_into")
        data = self._receive(len(room), known_flags(flags), "recv_into") if room else b""
        room[: len(data)] = data
        return len(data)

    def recvfrom(self, bufsize: SupportsIndex, flags: SupportsIndex = 0, /) -> tuple[bytes, None]:
        """Receive bytes, and the sender's address, which is None for all sockets of this kernel."""
        return self._receive(received_size(bufsize, "recvfrom"), known_flags(flags), "recvfrom"), None

    def recvfrom_into(
        self, buffer: Buffer, nbytes: SupportsIndex = 0, flags: SupportsIndex = 0
    ) -> tuple[int, None]:
        """As :meth:`recvfrom`, into a buffer."""
        room = room_in(buffer, nbytes, "recvfrom_into")
        data = self._receive(len(room), known_flags(flags), "recvfrom_into")
        room[: len(data)] = data
        return len(data), None

    def _receive(self, size: int, flags: int, what: str) -> bytes:
        kernel = self._process.kernel
        if flags & (_DONTWAIT | _OOB) and not self._timeout_ns:  # a call for urgent data never waits
            return self._process.call(kernel.sys_recvfrom, self._fd, size, flags)
        return self._until_done(what, poll_bits.IN, lambda fd: kernel.sys_recvfrom(fd, size, flags))

    def send(self, data: Buffer, flags: SupportsIndex = 0, /) -> int:
        """Send bytes; returns the number of bytes taken."""
        return self._send(content(data), known_flags(flags), "send")

    def sendto(self, data: Buffer, *flags_address: Any) -> int:
        """Send bytes; a connected socket ignores the address. Returns the number of bytes taken."""
        if not 1 <= len(flags_address) <= 2:
            raise TypeError(f"sendto() takes 2 or 3 arguments ({1 + len(flags_address)} given)")
        *flags, address = flags_address
        message, known = content(data), known_flags(*flags)
        check_address(self.family, self.type, address, "sendto")
        return self._send(message, known, "sendto")

    def sendmsg(
        self,
        buffers: Iterable[Buffer],
        ancdata: Iterable[Any] = (),
        flags: SupportsIndex = 0,
        address: Any = None,
        /,
    ) -> int:
        """Send the bytes of several buffers in one call; returns the number of bytes taken.

        Args:
            buffers: at most ``UIO_MAXIOV``.
            ancdata: must be empty: ancillary data is left out.
            address: as in :meth:`sendto`; None for none.
        """
        known = known_flags(flags)
        if address is not None:
            check_address(self.family, self.type, address, "sendmsg")
        parts = list(map(content, elements(buffers, "sendmsg() argument 1 must be an iterable")))
        if elements(ancdata, "sendmsg() argument 2 must be an iterable"):
            raise left_out(errno.EOPNOTSUPP, "ancillary data is left out here")
        self._process.kernel.table.file(self._fd)
        if len(parts) > UIO_MAXIOV:
            raise oserror(errno.EMSGSIZE)
        return self._send(b"".join(parts), known, "sendmsg")

    def _send(self, data: bytes, flags: int, what: str) -> int:
        kernel = self._process.kernel
        if self._timeout_ns:
            return self._until_done(what, poll_bits.OUT, lambda fd: kernel.sys_sendto(fd, data, flags))
        call = partial(kernel.sys_sendto, flags=_OOB) if flags & _OOB else kernel.sys_sendto
        dont_wait = bool(flags & _DONTWAIT)
        return self._process.write(self._fd, data, call, lambda: self._description(what), dont_wait=dont_wait)

    def sendall(self, data: Buffer, flags: SupportsIndex = 0, /) -> None:
        """Send all bytes."""
        message, known = content(data), known_flags(flags)
        kernel = self._process.kernel
        deadline_ns = kernel.now_ns + (self._timeout_ns or 0)
        sent = 0
        while True:
            if self._timeout_ns:
                self._wait_ready(poll_bits.OUT, deadline_ns - kernel.now_ns, "sendall")
                sent += self._process.call(kernel.sys_sendto, self._fd, message[sent:], known)
            else:
                sent += self._send(message[sent:], known, "sendall")
            if sent >= len(message):
                return

    # -- names and options ----------------------------------------------------------------

    def getsockname(self) -> Address:
        """The socket's own address."""
        return self._process.call(self._process.kernel.sys_getsockname, self._fd)

    def getpeername(self) -> Address:
        """The far end's address."""
        return self._process.call(self._process.kernel.sys_getpeername, self._fd)

    def getsockopt(self, level: SupportsIndex, optname: SupportsIndex, buflen: SupportsIndex = 0, /) -> Any:
        """An option's value: an int, or up to ``buflen`` bytes if ``buflen`` is not 0."""
        where, option, size = parsed_int(level), parsed_int(optname), parsed_int(buflen)
        if not 0 <= size <= 1024:
            raise OSError("getsockopt buflen out of range")
        kernel = self._process.kernel
        value = self._process.call(kernel.sys_getsockopt, self._fd, where, option)
        return value[:size] if size else socket_options.integer(value)

    def setsockopt(self, level: SupportsIndex, optname: SupportsIndex, value: Any, /, *optlen: Any) -> None:
        """Set an option to an int or to bytes; None with a length passes a null pointer."""
        where, option = parsed_int(level), parsed_int(optname)
        setting = option_value(value, *optlen)
        self._process.call(self._process.kernel.sys_setsockopt, self._fd, where, option, setting)
