"""Socket calls: everything that a program does with sockets except plain reading, writing and waiting.

They act at once, as on a non-blocking socket: ``sys_connect`` raises EINPROGRESS, ``sys_accept4`` and
``sys_recvfrom`` raise EAGAIN. Blocking calls are made of these calls (:mod:`sim.stdlib`).
"""

from __future__ import annotations

import errno
from collections.abc import Callable

from sim.kernel import socket_options
from sim.kernel.core import KernelCore
from sim.kernel.files.inet import TcpSocket
from sim.kernel.files.loopback import InetAddress, Loopback, capped
from sim.kernel.files.messages import DatagramSocket, PacketSocket
from sim.kernel.files.socket import SHUT_RD, SHUT_RDWR, SOCK_DGRAM, SOCK_STREAM, Address, Socket
from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.files.unix import UnixSocket
from sim.kernel.poll_bits import oserror
from sim.machine.accounts import Account
from sim.machine.records import Kind

MSG_OOB = 0x1
MSG_PEEK = 0x2
MSG_DONTWAIT = 0x40
_LEVELS = {socket_options.SOL_SOCKET}
_INTERNET_LEVELS = {socket_options.SOL_SOCKET, 0, socket_options.IPPROTO_TCP}
_PAIRS = {kind.kind: kind for kind in (UnixSocket, DatagramSocket, PacketSocket)}


class SocketCalls:
    """The part of the kernel for sockets.

    Args:
        kernel: The kernel.
        read: The kernel's read(2).
        write: The kernel's write(2).

    Attributes:
        loopback: The interface of all Internet sockets.
    """

    def __init__(
        self, kernel: KernelCore, read: Callable[[int, int], bytes], write: Callable[[int, bytes], int]
    ) -> None:
        self.kernel = kernel
        self._read = read
        self._write = write
        self.loopback = Loopback(kernel)

    def _socket(self, fd: int) -> Socket:
        file = self.kernel.table.file(fd)
        if not isinstance(file, Socket):
            raise oserror(errno.ENOTSOCK)
        return file

    def _inet(self, fd: int) -> TcpSocket | ListeningSocket:
        socket = self._socket(fd)
        if not isinstance(socket, TcpSocket | ListeningSocket):
            raise oserror(errno.EINVAL)
        return socket

    # -- making them ----------------------------------------------------------------------

    def socket(self) -> int:
        """Make a TCP socket that is not connected (``AF_INET``, ``SOCK_STREAM``)."""
        kernel = self.kernel
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.accept_ns)
        return kernel.table.install(TcpSocket(kernel, self.loopback))

    def socketpair(self, kind: int = SOCK_STREAM) -> tuple[int, int]:
        """Make two UNIX sockets that are connected to each other.

        Args:
            kind: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.

        Raises:
            OSError: ESOCKTNOSUPPORT, another kind; EMFILE.
        """
        kernel = self.kernel
        if kind not in _PAIRS:
            raise oserror(errno.ESOCKTNOSUPPORT)
        if kernel.table.room < 2:
            raise oserror(errno.EMFILE)
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.accept_ns)
        here, there = _PAIRS[kind].pair(kernel)
        return kernel.table.install(here), kernel.table.install(there)

    # -- connections ----------------------------------------------------------------------

    def bind(self, fd: int, address: InetAddress) -> None:
        """Give a socket its address; port 0 picks a free port.

        Raises:
            OSError: EADDRINUSE; EADDRNOTAVAIL; EINVAL, it has an address; ENOTSOCK.
        """
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
        self.loopback.bind(self._inet(fd), address)

    def listen(self, fd: int, backlog: int) -> None:
        """Let a socket listen for connections; if it listens already, change the backlog.

        Raises:
            OSError: EINVAL, it is connected; EADDRINUSE; ENOTSOCK.
        """
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.accept_ns)
        if self._socket(fd).kind == SOCK_DGRAM:
            raise oserror(errno.EOPNOTSUPP)
        socket = self._inet(fd)
        if isinstance(socket, ListeningSocket):
            socket.backlog = capped(backlog)
        else:
            self.loopback.listen(socket, backlog)

    def connect(self, fd: int, address: InetAddress) -> None:
        """Connect to a listening socket of this machine, or report how an earlier attempt ended.

        Raises:
            OSError: EINPROGRESS, always at first, though the connection exists when the call returns;
                others as :meth:`sim.kernel.files.loopback.Loopback.connect` raises; ENOTSOCK.
        """
        socket = self._socket(fd)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.write_ns)
        if not isinstance(socket, TcpSocket):
            listens = isinstance(socket, ListeningSocket)
            raise oserror(errno.EISCONN if listens else errno.EINVAL)
        self.loopback.connect(socket, address)

    def accept4(self, fd: int) -> int:
        """Take the connection that has waited longest.

        Returns:
            Its new descriptor.

        Raises:
            OSError: EAGAIN, none waits; EINVAL, not a listening socket; EMFILE; ENOTSOCK.
        """
        kernel = self.kernel
        listener = self._socket(fd)
        if not kernel.table.room:  # the number comes first, and the connection stays in the queue
            raise oserror(errno.EMFILE)
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.accept_ns)
        new_fd = kernel.table.install(listener.accept())
        kernel.call_serial += 1
        kernel.journal.append((kernel.now_ns, Kind.ACCEPT, new_fd, 0, 0, kernel.call_serial))
        return new_fd

    def shutdown(self, fd: int, how: int) -> None:
        """End one direction of a connection, or both.

        Raises:
            OSError: ENOTCONN; EINVAL, no such direction; ENOTSOCK.
        """
        socket = self._socket(fd)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
        if not SHUT_RD <= how <= SHUT_RDWR:
            raise oserror(errno.EINVAL)
        socket.shutdown(how)

    # -- data -----------------------------------------------------------------------------

    def recvfrom(self, fd: int, size: int, flags: int = 0) -> bytes:
        """Receive data; with MSG_PEEK leave it in the buffer; with MSG_OOB take the urgent byte.

        Raises:
            OSError: As ``sys_read``; EINVAL, no urgent byte; EOPNOTSUPP, the kind of socket has none;
                ENOTSOCK.
        """
        socket = self._socket(fd)
        if not flags:
            return self._read(fd, size)
        if not flags & (MSG_PEEK | MSG_OOB):
            return self._unblocked(socket, lambda: self._read(fd, size), flags)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.read_ns)
        if flags & MSG_OOB:
            return socket.read_urgent(size, bool(flags & MSG_PEEK))
        return self._unblocked(socket, lambda: socket.peek(size), flags)

    def _unblocked(self, socket: Socket, function: Callable[[], bytes], flags: int) -> bytes:
        """Call a function; with MSG_DONTWAIT as on a non-blocking socket."""
        if not flags & MSG_DONTWAIT or not socket.blocking:
            return function()
        socket.blocking = False
        try:
            return function()
        finally:
            socket.blocking = True

    def sendto(self, fd: int, data: bytes, flags: int = 0) -> int:
        """Send bytes, with MSG_OOB the last one as urgent data.

        Returns:
            The number of bytes taken.

        Raises:
            OSError: As ``sys_write``; EOPNOTSUPP, no urgent data here; ENOTSOCK.
        """
        socket = self._socket(fd)
        if not flags & MSG_OOB:
            return self._write(fd, data)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.write_ns)
        return socket.write_urgent(data)

    # -- names and options ----------------------------------------------------------------

    def getsockname(self, fd: int) -> Address:
        """A socket's own address."""
        return self._socket(fd).name()

    def getpeername(self, fd: int) -> Address:
        """The far end's address.

        Raises:
            OSError: ENOTCONN.
        """
        return self._socket(fd).peer_name()

    def getsockopt(self, fd: int, level: int, option: int) -> bytes:
        """An option's value. SO_ERROR gives the pending error and clears it.

        Raises:
            OSError: ENOPROTOOPT; EOPNOTSUPP, no such level here; ENOTSOCK.
        """
        socket = self._socket(fd)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
        if level not in (_INTERNET_LEVELS if socket.internet else _LEVELS):
            raise oserror(errno.EOPNOTSUPP)
        if level == socket_options.SOL_SOCKET:
            if option == socket_options.SO_ERROR:
                return socket_options.packed(socket.take_error())
            if option == socket_options.SO_TYPE:
                return socket_options.packed(socket.kind)
        return socket.get_option(level, option)

    def setsockopt(self, fd: int, level: int, option: int, value: bytes | None) -> None:
        """Set an option.

        Args:
            value: The value; None for a null pointer.

        Raises:
            OSError: ENOPROTOOPT; EOPNOTSUPP, no such level here; EINVAL, the value is too short; EFAULT;
                ENOTSOCK.
        """
        socket = self._socket(fd)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
        if level != socket_options.SOL_SOCKET and not socket.internet:
            raise oserror(errno.EOPNOTSUPP)
        if value is None:
            raise oserror(errno.EFAULT)
        socket_options.integer(value)  # the value of every option is at least as long as an int
        socket.set_option(level, option, value)
