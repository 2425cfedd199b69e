"""An echo server in callbacks: no function waits, so all state between two callbacks is stored by hand.

A connection is an object, because between two callbacks there is no other place for its unsent bytes. Its
work is cut into pieces, and each piece must choose the next piece: read if everything is sent, otherwise wait
for room in the send buffer.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sim.lessons.event_loop import EventLoop

READ_BYTES = 65_536


class EchoServer:
    """Accepts connections, and makes an object for each.

    Args:
        loop: the loop that calls the callbacks.
        listener: a listening socket; this makes it non-blocking.
    """

    def __init__(self, loop: EventLoop, listener: Any) -> None:
        self.loop = loop
        self.listener = listener
        self.served = 0
        """Number of accepted connections."""
        listener.setblocking(False)
        loop.add_reader(listener.fileno(), self.can_accept)

    def can_accept(self) -> None:
        """Accept one connection, because at least one waits. The loop calls this again for the next one."""
        with suppress(BlockingIOError):  # the client has closed its connection already
            connection, _ = self.listener.accept()
            self.served += 1
            EchoConnection(self.loop, connection)

    def close(self) -> None:
        """Stop accepting; existing connections continue."""
        self.loop.remove_reader(self.listener.fileno())
        self.listener.close()


class EchoConnection:
    """One client's connection, and its unsent bytes.

    Args:
        loop: the loop that calls the callbacks.
        connection: an accepted socket; this makes it non-blocking.
    """

    def __init__(self, loop: EventLoop, connection: Any) -> None:
        self.loop = loop
        self.connection = connection
        self.unsent = b""
        self.waiting_for_room = False
        """True while it waits to write. It reads nothing in that time: a client that takes no answers could
        make it store more and more bytes.
        """
        connection.setblocking(False)
        loop.add_reader(connection.fileno(), self.can_read)

    def can_read(self) -> None:
        """The socket has bytes, or the end of the stream."""
        try:
            self.unsent = self.connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.unsent = b""  # reset: there is no client to answer
        if self.unsent:
            self.can_write()
        else:
            self.loop.remove_reader(self.connection.fileno())
            self.connection.close()

    def can_write(self) -> None:
        """The send buffer has room: send, then wait for room if bytes are left, else for more to read."""
        fd = self.connection.fileno()
        waiting = self.waiting_for_room
        try:
            self.unsent = self.unsent[self.connection.send(self.unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self.unsent = b""  # the next read finds the reset
        if self.unsent and not waiting:
            self.waiting_for_room = True
            self.loop.remove_reader(fd)
            self.loop.add_writer(fd, self.can_write)
        elif waiting and not self.unsent:
            self.waiting_for_room = False
            self.loop.remove_writer(fd)
            self.loop.add_reader(fd, self.can_read)
