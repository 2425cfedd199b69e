"""The loops of measured servers that wait at an io_uring; :mod:`sim.host.measuring.server_loops` has the
others.

Every entry of the ring is written once, before the loop starts. From then on the loop writes only a
descriptor's number and moves heads and tails, which are plain integers in memory that the kernel shares. So
Python does little work that would have to be subtracted.
"""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager

from sim.host.measuring.host_ring import (
    BUFFER_SELECT,
    ENTER,
    GETEVENTS,
    POLL_MULTI,
    RECV_MULTISHOT,
    SKIP_SUCCESS,
    HostRing,
    why_no_ring,
)
from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.server_loops import MESSAGE, READ_BYTES, LoopCalls, ServerLoop
from sim.kernel import poll_bits

ENTRIES, CQ_ENTRIES = 256, 1_024
BUFFERS = 64
_SEND, _RECV, _POLL_ADD = 26, 27, 6


@contextmanager
def _ring() -> Generator[HostRing, None, None]:
    reason = why_no_ring()
    if reason is not None:
        raise CannotMeasure(reason)
    ring = HostRing(ENTRIES, CQ_ENTRIES)
    try:
        yield ring
    finally:
        os.close(ring.fd)  # the mapped memory is freed with the last pointer to it


def _arm(ring: HostRing, own: Sequence[int], opcode: int, **fields: int) -> None:
    """Submit a request that stays in force for each connection."""
    for fd in own:
        ring.submit(opcode, fd, fd, **fields)
        ring.enter(1, 0)


@contextmanager
def receiving(own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
    """A multishot receive on each connection. An answer is submitted with the next call that waits."""
    answer = ctypes.create_string_buffer(MESSAGE, len(MESSAGE))
    with _ring() as ring:
        ring.provide(BUFFERS, READ_BYTES)
        _arm(ring, own, _RECV, ioprio=RECV_MULTISHOT, flags=BUFFER_SELECT)
        places = ring.prewrite(_SEND, ctypes.addressof(answer), len(MESSAGE), SKIP_SUCCESS)
        enter, mask = calls.enter, ring.entries - 1
        sq_tail, cq_head, cq_tail, buffers = ring.sq_tail, ring.cq_head, ring.cq_tail, ring.buffers_tail

        def loop(fds: Iterable[int]) -> None:
            written = 0
            for fd in fds:
                enter(ENTER, ring.fd, written, 1, GETEVENTS, None, 0)
                # One completion is there: a message, in the next buffer.
                cq_head.value = cq_tail.value
                buffers.value += 1
                places[sq_tail.value & mask].value = fd
                sq_tail.value += 1
                written = 1

        yield loop


@contextmanager
def polled(own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
    """A multishot poll on each connection, with plain reads and writes."""
    with _ring() as ring:
        _arm(ring, own, _POLL_ADD, length=POLL_MULTI, events=poll_bits.IN)
        enter, receive, send = calls.enter, calls.receive, calls.send
        cq_head, cq_tail = ring.cq_head, ring.cq_tail
        buffer = ctypes.create_string_buffer(READ_BYTES)

        def loop(fds: Iterable[int]) -> None:
            for fd in fds:
                enter(ENTER, ring.fd, 0, 1, GETEVENTS, None, 0)
                cq_head.value = cq_tail.value
                receive(fd, buffer, READ_BYTES, socket.MSG_DONTWAIT)
                send(fd, buffer, len(MESSAGE), 0)

        yield loop
