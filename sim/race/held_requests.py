"""The sending side of a client: what waits there because the window of its connection is full.

What Linux does: a receiver says in every ACK how much room its buffer has (the *window*). A sender sends no
more than that, in whole segments (``tcp_snd_wnd_test``). The rest of what write() took waits in the sender's
*send buffer*. When the server reads, the window opens. The receiver says so once a sixteenth of its buffer is
free (``__tcp_select_window``: a smaller window is not worth a packet), and a round trip later the rest
arrives, as one packet for each 64 KiB (GRO). A hang-up follows the data. So a full buffer loses nothing: the
client waits. If the send buffer is full too, write() blocks, and the client cannot make its next request.

A request that waits keeps the time at which the client made it. Its latency counts from there.

Simplified: the round trip has a fixed length, the send buffer has its largest size from the start, and no
window probe is needed, because no packet is lost.

Why not a send buffer in every connection: a race has up to a million connections, and hardly any of them ever
meets a full window. The object here exists only while something waits.
"""

from __future__ import annotations

from array import array

SEGMENT_BYTES = 1_460
"""Payload of a TCP segment on Ethernet (MSS)."""
LEAST_WINDOW_SHARE = 16
"""A window smaller than this part of the buffer is not announced."""
PACKET_BYTES = 65_536
"""Most bytes that arrive as one packet (GRO)."""
SEND_BUFFER_BYTES = 4_194_304
"""The largest send buffer: the third value of ``tcp_wmem``."""
ROUND_TRIP_NS = 50_000
"""From an ACK that opens the window to the data that it allows: a local network."""


class HeldRequests:
    """The requests of one connection that have not arrived completely, in order.

    Args:
        request: the bytes of a request.
    """

    __slots__ = ("_due_ns", "_first", "arrived_bytes", "hangs_up", "opening", "request")

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.arrived_bytes = 0
        """Bytes of the request at the front that have arrived; 0 if none has."""
        self.hangs_up = False
        """True if the client hangs up after them."""
        self.opening = False
        """True while an ACK that opens the window is on its way, and with it the next data."""
        self._due_ns = array("q")
        self._first = 0

    @property
    def due_ns(self) -> array[int]:
        """The times at which requests were made of which no byte has arrived."""
        return self._due_ns[self._first :]

    @property
    def count(self) -> int:
        """Number of requests of which no byte has arrived."""
        return len(self._due_ns) - self._first

    @property
    def waiting_bytes(self) -> int:
        """Bytes that wait on the client's side."""
        begun_bytes = len(self.request) - self.arrived_bytes if self.arrived_bytes else 0
        return begun_bytes + self.count * len(self.request)

    def add(self, due_ns: int) -> None:
        """Append a request."""
        self._due_ns.append(due_ns)

    def take(self, room_bytes: int) -> tuple[list[bytes], list[int]]:
        """Take what fits into the window: whole segments, or all of the rest of a request.

        Args:
            room_bytes: the window.

        Returns:
            The bytes, one part for each request, and the times of the requests whose first byte is in them.
        """
        parts: list[bytes] = []
        begun: list[int] = []
        size = len(self.request)
        while self.waiting_bytes:
            begin = self.arrived_bytes
            part = min(size - begin, room_bytes)
            if part < size - begin:
                part -= part % SEGMENT_BYTES
            if not part:
                break
            if not begin:
                begun.append(self._due_ns[self._first])
                self._first += 1
            parts.append(self.request[begin : begin + part])
            self.arrived_bytes = (begin + part) % size
            room_bytes -= part
        if self._first > 1_000 and 2 * self._first > len(self._due_ns):
            self._due_ns, self._first = self.due_ns, 0
        return parts, begun
