"""The base class of sockets: the calls that only sockets have, and how they fail on other kinds of sockets.

A call on a descriptor that is no socket fails with ENOTSOCK earlier (:mod:`sim.kernel.calls.socket_calls`). A
call on the wrong kind of socket fails here, with the errno that Linux gives.
"""

from __future__ import annotations

import errno
from typing import Protocol

from sim.kernel import socket_options
from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror

Address = tuple[str, int] | str
"""``(host, port)`` of an Internet socket; the empty name of a UNIX pair."""

SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_SEQPACKET = 5

SHUT_RD = 0
SHUT_WR = 1
SHUT_RDWR = 2


class Interface(Protocol):
    """The network interface that a socket is bound to (:mod:`sim.kernel.files.loopback`)."""

    def unbind(self, socket: Socket) -> None:
        """Give the socket's port back."""

    def forget_syn(self, socket: Socket) -> None:
        """Stop sending the socket's SYN."""

    def stop_listening(self, listener: Socket) -> None:
        """Make a listening socket a new socket that does not listen."""


class Socket(OpenFile):
    """Base of all sockets."""

    __slots__ = ()

    kernel: KernelCore

    internet = True
    """True for the Internet family, False for the UNIX family."""

    kind = SOCK_STREAM
    """The type that getsockopt returns for SO_TYPE."""

    def peek(self, size: int) -> bytes:
        """Up to ``size`` bytes as a read would return them, left in the buffer (MSG_PEEK)."""
        raise oserror(errno.EOPNOTSUPP)

    def read_urgent(self, size: int, peek: bool) -> bytes:
        """The urgent byte, outside the stream (MSG_OOB); left there if ``peek``."""
        raise oserror(errno.EOPNOTSUPP)

    def write_urgent(self, data: bytes) -> int:
        """Send bytes, the last one as urgent data (MSG_OOB); the number of bytes taken."""
        raise oserror(errno.EOPNOTSUPP)

    def accept(self) -> Socket:
        """Take a connection.

        Raises:
            OSError: EINVAL, the socket does not listen; EAGAIN, no connection waits.
        """
        raise oserror(errno.EINVAL)

    def shutdown(self, how: int) -> None:
        """End one direction, or both (``SHUT_RD``, ``SHUT_WR``, ``SHUT_RDWR``)."""
        raise oserror(errno.ENOTCONN)

    def name(self) -> Address:
        """The socket's own address."""
        raise oserror(errno.EOPNOTSUPP)

    def peer_name(self) -> Address:
        """The far end's address."""
        raise oserror(errno.ENOTCONN)

    def take_error(self) -> int:
        """Return the pending error and clear it (SO_ERROR); 0 for none."""
        return 0

    def get_option(self, level: int, option: int) -> bytes:
        """The value that getsockopt returns.

        Raises:
            OSError: ENOPROTOOPT, no such option here.
        """
        raise socket_options.left_out(level, option)

    def set_option(self, level: int, option: int, value: bytes) -> None:
        """Set an option.

        Raises:
            OSError: ENOPROTOOPT, no such option here; EINVAL, the value is too short.
        """
        raise socket_options.left_out(level, option)
