"""The loopback interface: ports, handshakes, and SYNs that are sent again.

A connection to a listening socket of the same machine is made within the call to ``connect``: SYN, SYN-ACK
and ACK cross in softirqs that run before the call returns. If the listener's queue is full, its SYN is
dropped. TCP sends it again, the first times after a second each, then at doubling intervals, until it gives
up (``tcp_syn_linear_timeouts`` 4, ``tcp_syn_retries`` 6). A socket that chose no port gets the next one from
the bottom of ``ip_local_port_range``; Linux picks one at random.

Left out: other interfaces, TIME_WAIT, SO_REUSEPORT, a socket that connects to itself.
"""

from __future__ import annotations

import errno

from sim.kernel.core import KernelCore
from sim.kernel.files.inet import TcpSocket
from sim.kernel.files.socket import Interface, Socket
from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.files.tcp_states import CLOSED, CONNECTED, CONNECTING, DISCONNECTING, ESTABLISHED, SYN_SENT
from sim.kernel.poll_bits import oserror

ANY = "0.0.0.0"
LOOPBACK = "127.0.0.1"
PORT_RANGE = (32_768, 60_999)
SOMAXCONN = 4096
"""``net.core.somaxconn``: the longest backlog."""
SYN_TIMEOUTS_NS = tuple(seconds * 1_000_000_000 for seconds in (1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 64))
"""Times in ns after which the SYN is sent again. After the last one TCP gives up."""

InetAddress = tuple[str, int]
Bound = TcpSocket | ListeningSocket


class Loopback(Interface):
    """Holds the sockets by port, and the timers of SYNs that are sent again."""

    def __init__(self, kernel: KernelCore) -> None:
        self.kernel = kernel
        self._bound: dict[int, list[Bound]] = {}
        self._next_port = PORT_RANGE[0]
        self._syn_timers: dict[Socket, int] = {}

    # -- ports ----------------------------------------------------------------------------

    def bind(self, socket: Bound, address: InetAddress) -> None:
        """Give a socket an address; port 0 stands for any free port.

        Raises:
            OSError: EINVAL, it has an address; EADDRNOTAVAIL, not an address of this machine; EADDRINUSE.
        """
        host, port = address
        if host != ANY and not host.startswith("127."):
            raise oserror(errno.EADDRNOTAVAIL)
        if self._has_port(socket):
            raise oserror(errno.EINVAL)
        if port and self._taken(socket, host, port):
            raise oserror(errno.EADDRINUSE)
        self._take(socket, host, port or self._free_port())
        if isinstance(socket, TcpSocket):
            socket.keeps_host, socket.keeps_port = host != ANY, bool(port)

    def _take(self, socket: Bound, host: str, port: int) -> None:
        socket.local = (host, port)
        self._bound.setdefault(port, []).append(socket)

    def _has_port(self, socket: Bound) -> bool:
        """True if the socket holds a port. Its name alone does not say so: it keeps the port of a past
        connection.
        """
        return socket in self._bound.get(socket.local[1], ())

    def _free_port(self) -> int:
        first, last = PORT_RANGE
        for _ in range(first, last + 1):
            port = self._next_port
            self._next_port = first if port == last else port + 1
            if port not in self._bound:
                return port
        raise oserror(errno.EADDRINUSE)

    def _taken(self, socket: Bound, host: str, port: int) -> bool:
        """True if another socket's use of the port is in conflict (``inet_csk_bind_conflict``)."""
        for other in self._bound.get(port, ()):
            if other is socket or (ANY not in {host, other.local[0]} and host != other.local[0]):
                continue
            sharing = socket.options.reuse_address and other.options.reuse_address
            if not sharing or isinstance(other, ListeningSocket):
                return True
        return False

    def unbind(self, socket: Socket) -> None:
        """Give a socket's port back."""
        assert isinstance(socket, Bound)
        holders = self._bound.get(socket.local[1])
        if holders and socket in holders:
            holders.remove(socket)
            if not holders:
                del self._bound[socket.local[1]]

    # -- listening ------------------------------------------------------------------------

    def listen(self, socket: TcpSocket, backlog: int) -> None:
        """Make a socket listen; it keeps its descriptors and watchers.

        Raises:
            OSError: EINVAL, it is or was connected; EADDRINUSE.
        """
        if socket.progress or socket.state != CLOSED:
            raise oserror(errno.EINVAL)
        if not self._has_port(socket):
            self._take(socket, socket.local[0], self._free_port())
        elif self._taken(socket, *socket.local):
            raise oserror(errno.EADDRINUSE)
        listener = ListeningSocket(self.kernel, self, capped(backlog), socket.local, socket.options)
        listener.keeps_port = socket.keeps_port
        listener.shut = socket.read_shut, socket.write_shut
        listener.error = socket.error
        self._replace(socket, listener)

    def stop_listening(self, listener: Socket) -> None:
        """Make a listening socket a new one that does not listen; reset the connections in its queue."""
        assert isinstance(listener, ListeningSocket)
        socket = TcpSocket(self.kernel, self)
        socket.local, socket.options = listener.local, listener.options
        socket.keeps_host, socket.keeps_port = listener.local[0] != ANY, listener.keeps_port
        socket.error = listener.error
        socket.update_mask()
        listener.refuse_all()
        self._replace(listener, socket)
        if not socket.keeps_port:
            self.unbind(socket)
        socket.notify(0)

    def _replace(self, old: Bound, new: Bound) -> None:
        """Put a socket in the place of another one: same numbers, same watchers, same port."""
        become(old, new)
        holders = self._bound[old.local[1]]
        holders[holders.index(old)] = new

    def _listener(self, address: InetAddress) -> ListeningSocket | None:
        host, port = address
        found = None
        for bound in self._bound.get(port, ()):
            if isinstance(bound, ListeningSocket):
                if bound.local[0] == host:
                    return bound
                if bound.local[0] == ANY:
                    found = bound
        return found

    # -- connecting -----------------------------------------------------------------------

    def connect(self, socket: TcpSocket, address: InetAddress) -> None:
        """Begin to connect, or report the result (``inet_stream_connect``, non-blocking).

        Raises:
            OSError: EINPROGRESS, it has begun; EALREADY; EISCONN; ECONNREFUSED and ETIMEDOUT of an attempt
                that failed; ENETUNREACH, not an address of this machine.
        """
        if socket.progress == CONNECTED:
            raise oserror(errno.EISCONN)
        if socket.progress == DISCONNECTING:
            raise oserror(errno.EINVAL)
        if socket.progress == CONNECTING:
            self._report(socket)
            return
        if socket.state != CLOSED:
            raise oserror(errno.EISCONN)
        host, port = address
        host = LOOPBACK if host == ANY else host
        if not host.startswith("127."):
            raise oserror(errno.ENETUNREACH)
        if not self._has_port(socket):
            self._take(socket, socket.local[0], self._free_port())
        if socket.local[0] == ANY:
            socket.local = (LOOPBACK, socket.local[1])
        socket.remote = (host, port)
        socket.error = 0
        socket.progress = CONNECTING
        socket.state = SYN_SENT
        socket.update_mask()
        self._send_syn(socket, 0)
        raise oserror(errno.EINPROGRESS)

    def _report(self, socket: TcpSocket) -> None:
        """Report the result of an attempt to a later call to connect."""
        if socket.state == SYN_SENT:
            raise oserror(errno.EALREADY)
        if socket.state == ESTABLISHED:
            socket.progress = CONNECTED
            return
        code = socket.take_error() or errno.ECONNABORTED
        socket.disconnect()
        raise oserror(code)

    def _send_syn(self, socket: TcpSocket, tries: int) -> None:
        self._syn_timers.pop(socket, None)
        listener = self._listener(socket.remote)
        if listener is None:
            socket.deliver_reset()
        elif not listener.full:
            self._shake_hands(socket, listener)
        elif tries == len(SYN_TIMEOUTS_NS):
            socket.deliver_reset(errno.ETIMEDOUT)
        else:
            at_ns = self.kernel.now_ns + SYN_TIMEOUTS_NS[tries]
            timer = self.kernel.timers.set(at_ns, lambda: self._send_syn(socket, tries + 1))
            self._syn_timers[socket] = timer

    def _shake_hands(self, socket: TcpSocket, listener: ListeningSocket) -> None:
        """SYN-ACK establishes the client's end, ACK the server's."""
        there = TcpSocket(self.kernel, self)
        there.remote = socket.local
        there.progress = CONNECTED
        there.options = listener.options.inherited()
        there.read_shut, there.write_shut = listener.shut
        self._take(there, *socket.remote)
        socket.connected(there)
        there.connected(socket)
        there.end_sending_if_shut()
        listener.established(there)

    def forget_syn(self, socket: Socket) -> None:
        """Stop sending the SYN of a socket."""
        timer = self._syn_timers.pop(socket, None)
        if timer is not None:
            self.kernel.timers.cancel(timer)


def capped(backlog: int) -> int:
    """The backlog that listen() sets. A negative one is a large unsigned one."""
    return backlog if 0 <= backlog <= SOMAXCONN else SOMAXCONN


def become(old: Socket, new: Socket) -> None:
    """Let all descriptors of ``old`` point to ``new``, which takes its wait queue and watches too."""
    table = old.kernel.table
    for number in old.numbers:
        table.files[number] = new
    new.numbers, old.numbers = old.numbers, []
    new.wait_queue, new.watches, new.blocking = old.wait_queue, old.watches, old.blocking
    for watch in new.watches:
        watch.move_to(new)
    new.set_mask(new.mask)
