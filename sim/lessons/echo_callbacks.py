"""An echo server in callbacks: nothing waits, so everything that is under way is kept by hand.

A connection is an object, because between two callbacks there is no other place for what it has not
sent yet. Its life is cut into pieces, and each piece must say which one comes next: read on while all
is sent, wait for room while something is not.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sim.lessons.event_loop import EventLoop

READ_BYTES = 65_536


class EchoServer:
    """Accepts connections, and leaves each to an object of its own.

    Args:
        loop: the loop that calls it.
        listener: a listening socket; it is made non-blocking.
    """

    def __init__(self, loop: EventLoop, listener: Any) -> None:
        self.loop = loop
        self.listener = listener
        self.served = 0
        """Connections accepted so far."""
        listener.setblocking(False)
        loop.add_reader(listener.fileno(), self.can_accept)

    def can_accept(self) -> None:
        """A connection waits, or several: take one, the loop calls again for the next."""
        with suppress(BlockingIOError):  # its client has gone again
            connection, _ = self.listener.accept()
            self.served += 1
            EchoConnection(self.loop, connection)

    def close(self) -> None:
        """Accept no more; connections live on."""
        self.loop.remove_reader(self.listener.fileno())
        self.listener.close()


class EchoConnection:
    """One client, and what it is still owed."""

    def __init__(self, loop: EventLoop, connection: Any) -> None:
        self.loop = loop
        self.connection = connection
        self.unsent = b""
        self.waiting_for_room = False
        """It waits to write, and reads nothing meanwhile: who takes no answers asks no more."""
        connection.setblocking(False)
        loop.add_reader(connection.fileno(), self.can_read)

    def can_read(self) -> None:
        """There are bytes, or the end of them."""
        try:
            self.unsent = self.connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.unsent = b""  # reset: nobody is there to answer
        if self.unsent:
            self.can_write()
        else:
            self.loop.remove_reader(self.connection.fileno())
            self.connection.close()

    def can_write(self) -> None:
        """There is room: send on, and from then on wait for whichever comes next."""
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
