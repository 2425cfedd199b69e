"""kqueue's filters: the answer of each kind of file to a knote.

In FreeBSD the answer belongs to the file's own code: ``filt_soread`` and ``filt_sowrite`` for sockets,
``filt_piperead`` and ``filt_pipewrite`` for pipes, ``filt_kqueue`` for a kqueue in another one. An answer has
more than poll's bits: whether the condition holds, the amount (bytes to read, room to write, connections to
accept, queued knotes, the count of a counter or timer), and whether the end is reached (EV_EOF, with the
socket's error in ``fflags``).

Simplified: room to write is the room in this kernel's buffers. A socket counts as writable from
``SEND_LOW_WATER_BYTES`` of room on. A task that waits to write is woken when this kernel wakes it, with a
third of the buffer free.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.kernel import poll_bits
from sim.kernel.files.eventfd import COUNT_MAX, EventFd
from sim.kernel.files.inet import SEND_BUFFER_BYTES, TcpSocket
from sim.kernel.files.pipe import PAGE_BYTES, SLOTS, ReadEnd, WriteEnd
from sim.kernel.files.tcp import ListeningSocket, StreamSocket
from sim.kernel.files.tcp_states import ESTABLISHED
from sim.kernel.files.timerfd import TimerFd
from sim.kernel.files.unix import UnixSocket
from sim.kernel.open_file import OpenFile

NOTE_LOWAT = 0x1
"""A flag in ``fflags`` of both filters: ``data`` is the low-water mark."""
SEND_LOW_WATER_BYTES = 2_048
"""Default of SO_SNDLOWAT on FreeBSD."""


class Answer(NamedTuple):
    """A filter's answer: whether it holds, the amount, whether the end is reached, and the socket's error."""

    holds: bool
    data: int
    eof: bool = False
    error: int = 0


def can_read(file: OpenFile) -> bool:
    """True if EVFILT_READ can watch a file."""
    return isinstance(file, StreamSocket | ListeningSocket | UnixSocket | ReadEnd | EventFd | TimerFd)


def can_write(file: OpenFile) -> bool:
    """True if EVFILT_WRITE can watch a file."""
    return isinstance(file, StreamSocket | ListeningSocket | UnixSocket | WriteEnd | EventFd)


def readable(file: OpenFile, low_water: int | None) -> Answer:
    """The answer to EVFILT_READ.

    Args:
        file: The file.
        low_water: The knote's own low-water mark (NOTE_LOWAT); None for the file's.
    """
    if isinstance(file, StreamSocket):
        return _stream_readable(file, low_water)
    if isinstance(file, ListeningSocket):
        return Answer(bool(file.queue), len(file.queue), bool(file.error), file.error)
    if isinstance(file, UnixSocket):
        waiting = sum(len(chunk) for chunk, _ in file.chunks)
        least = file.options.low_water_bytes if low_water is None else low_water
        holds = (
            file.read_shut or bool(file.error) or bool(file.chunks and waiting >= min(least, waiting or 1))
        )
        if low_water is not None and not (file.read_shut or file.error):
            holds = waiting >= low_water
        return Answer(holds, waiting, file.read_shut, file.error)
    if isinstance(file, ReadEnd):
        waiting = sum(len(slot.data) for slot in file.pipe.slots)
        return Answer(waiting > 0 or file.pipe.writer.gone, waiting, file.pipe.writer.gone)
    if isinstance(file, EventFd):
        return Answer(file.count > 0, file.count)
    assert isinstance(file, TimerFd)
    return Answer(file.ticks > 0, file.ticks)


def _stream_readable(socket: StreamSocket, low_water: int | None) -> Answer:
    waiting = socket.received_bytes
    error = 0
    if isinstance(socket, TcpSocket):
        error = socket.error
        if low_water is None:
            low_water = socket.options.low_water_bytes
    holds = socket.read_shut or bool(error) or waiting >= (1 if low_water is None else low_water)
    return Answer(holds, waiting, socket.read_shut, error)


def writable(file: OpenFile, low_water: int | None) -> Answer:
    """The answer to EVFILT_WRITE, with arguments as for :func:`readable`."""
    file.refresh()
    least = SEND_LOW_WATER_BYTES if low_water is None else low_water
    if isinstance(file, TcpSocket):
        room = max(file.send_limit_bytes - file.unsent_bytes, 0)
        if file.write_shut or file.error:
            return Answer(True, room, file.write_shut, file.error)
        connected = file.state == ESTABLISHED
        return Answer(connected and room >= least and bool(file.mask & poll_bits.OUT), room)
    if isinstance(file, StreamSocket):
        return Answer(True, SEND_BUFFER_BYTES)
    if isinstance(file, UnixSocket):
        room = max(file.send_limit_bytes - file.sent_charge_bytes, 0)
        if file.write_shut or file.error:
            return Answer(True, room, file.write_shut, file.error)
        return Answer(file.writable and room >= least, room)
    if isinstance(file, WriteEnd):
        room = (SLOTS - len(file.pipe.slots)) * PAGE_BYTES
        return Answer(room > 0 or file.pipe.reader.gone, room, file.pipe.reader.gone)
    if isinstance(file, EventFd):
        return Answer(file.count < COUNT_MAX, COUNT_MAX - file.count)
    return Answer(False, 0)  # a listening socket
