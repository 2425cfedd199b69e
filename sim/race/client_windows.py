"""The windows of a lane's clients: which data waits at a client, and when it comes.

:mod:`sim.race.held_requests` says what Linux does. A request for which a window has no room waits at its
client. When the server reads, the rest comes a round trip later, in an interrupt of its own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.kernel.files.tcp import StreamSocket
from sim.machine.accounts import Count
from sim.machine.records import Effect, Kind
from sim.race.held_requests import (
    LEAST_WINDOW_SHARE,
    PACKET_BYTES,
    ROUND_TRIP_NS,
    SEGMENT_BYTES,
    SEND_BUFFER_BYTES,
    HeldRequests,
)
from sim.race.interrupt_time import CALLBACKS, InterruptTime

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel


class ClientWindows:
    """Holds back what the receive buffers of a lane have no room for.

    Args:
        kernel: the lane's kernel.
        time: takes the time of interrupts from its CPU.
    """

    def __init__(self, kernel: RawKernel, time: InterruptTime) -> None:
        self.kernel = kernel
        self._time = time

    def hold(self, socket: StreamSocket, request: bytes, serial: int) -> bool:
        """A client makes a request for which the window has no room, or not enough.

        Returns:
            True if a packet with a part of it came.
        """
        kernel = self.kernel
        fd = socket.numbers[0] if socket.numbers else -1
        held = socket.held
        if held is None:
            held = socket.held = HeldRequests(request)
            held.add(kernel.now_ns)
            if arrived_bytes := self._send(socket, held):
                kernel.journal.append((kernel.now_ns, Kind.PACKET, fd, arrived_bytes, kernel.effect, serial))
                return True
            effect = Effect.HELD
        else:
            assert isinstance(held, HeldRequests)
            effect = Effect.HELD if held.waiting_bytes < SEND_BUFFER_BYTES else Effect.UNSENT
            if effect == Effect.HELD:
                held.add(kernel.now_ns)
            else:
                kernel.ledger.counted[Count.UNSENT] += 1
        kernel.journal.append((kernel.now_ns, Kind.HELD, fd, len(request), effect, serial))
        return False

    def opens(self, socket: StreamSocket) -> None:
        """The server has read: if there is room enough, an ACK opens the window, and the next data comes."""
        held = socket.held
        assert isinstance(held, HeldRequests)
        room_bytes = socket.receive_limit_bytes - socket.received_bytes
        least_bytes = max(SEGMENT_BYTES, socket.receive_limit_bytes // LEAST_WINDOW_SHARE)
        if not held.opening and room_bytes >= least_bytes and socket.numbers:
            held.opening = True
            at_ns = self.kernel.now_ns + ROUND_TRIP_NS
            self.kernel.timers.set(at_ns, partial(self._arrives, socket.numbers[0]))

    def _arrives(self, fd: int) -> None:
        """An interrupt for data that a client has held back."""
        kernel = self.kernel
        socket = kernel.table.files.get(fd)
        if not isinstance(socket, StreamSocket) or not isinstance(socket.held, HeldRequests):
            return  # the connection is closed
        socket.held.opening = False
        self._time.begin()
        kernel.effect, kernel.wake_ns = Effect.NOBODY, 0
        arrived_bytes = self._send(socket, socket.held)
        kernel.journal.append(
            (kernel.now_ns, Kind.PACKET, fd, arrived_bytes, kernel.effect, -1 - socket.slot)
        )
        self._time.take(-(-arrived_bytes // PACKET_BYTES), int(bool(kernel.effect & CALLBACKS)))

    def _send(self, socket: StreamSocket, held: HeldRequests) -> int:
        """Send what the window has room for; the number of bytes that arrived."""
        joined = held.arrived_bytes > 0
        parts, begun_ns = held.take(socket.receive_limit_bytes - socket.received_bytes)
        if not parts:
            return 0
        arrived_bytes = sum(map(len, parts))
        socket.arrived_ns = self.kernel.now_ns
        socket.unanswered_ns.extend(begun_ns)
        if not held.waiting_bytes:
            socket.held = None
        socket.deliver_rest(parts, joined)
        if held.hangs_up and not held.waiting_bytes:
            socket.deliver_fin()
        return arrived_bytes

    def hang_up(self, socket: StreamSocket) -> None:
        """The client hangs up; its FIN comes behind what it holds back."""
        if isinstance(socket.held, HeldRequests):
            socket.held.hangs_up = True
        else:
            socket.deliver_fin()

    def send_again(self, socket: StreamSocket, request: bytes, due_ns: int) -> None:
        """Send a request of an earlier kernel again, at no cost.

        Args:
            socket: the new connection.
            request: the bytes of the request.
            due_ns: the time at which the client made it.
        """
        if socket.held is None and socket.deliver(request):
            socket.unanswered_ns.append(due_ns)
            return
        if socket.held is None:
            socket.held = HeldRequests(request)
        assert isinstance(socket.held, HeldRequests)
        socket.held.add(due_ns)
