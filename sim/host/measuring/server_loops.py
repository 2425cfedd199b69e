"""The loops of servers that wait in a lane's way: raw calls through ``ctypes``, and nothing else.

A loop is told whose turn it is, so nothing of Python looks at results; what is left of Python (the loop,
``ctypes``) is timed with calls to nothing in place of the real ones (:data:`EMPTY`), and subtracted, as in
:mod:`sim.host.measuring.timed_calls`.
"""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import numpy as np

from sim.host.host_kernel import EPOLL_EVENT, HostKernel, listen
from sim.host.measuring.timed_calls import TimedCall, functions, made, memmove
from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_MOD

MESSAGE = bytes(64)
"""A request, and its answer."""
READ_BYTES = 4_096
MAX_EVENTS = 16
_LONG, _INT, _POINTER = ctypes.c_long, ctypes.c_int, ctypes.c_void_p
_TRANSFER = (_LONG, _INT, ctypes.c_char_p, ctypes.c_size_t, _INT)

Function = Callable[..., int]
ServerLoop = Callable[[Iterable[int]], None]
"""Serves a request on each of these descriptors, one after the other."""


@dataclass(frozen=True, slots=True)
class LoopCalls:
    """The calls that a loop makes: the C library's, or calls to nothing in their place."""

    receive: Function
    send: Function
    epoll_ctl: Function
    enter: Function
    """``syscall``, for io_uring_enter."""
    wait_of: Callable[[TimedCall], Function]
    """The call that waits, out of a prepared one."""


LoopSetup = Callable[[Sequence[int], LoopCalls], AbstractContextManager[ServerLoop]]
"""Makes what a server needs for its connections, and its loop."""


def _calls(place: int, wait_of: Callable[[TimedCall], Function]) -> LoopCalls:
    return LoopCalls(
        functions("recv", *_TRANSFER)[place],
        functions("send", *_TRANSFER)[place],
        functions("epoll_ctl", _INT, _INT, _INT, _INT, _POINTER)[place],
        functions("syscall", _LONG, *(5 * [_LONG]), _POINTER, _LONG)[place],
        wait_of,
    )


REAL = _calls(0, lambda call: call.real)
EMPTY = _calls(1, lambda call: call.nothing)


def letting_go(name: str) -> Function:
    """A C function that takes what ``recv`` takes; the interpreter's lock is let go of meanwhile."""
    prototype = ctypes.CFUNCTYPE(*_TRANSFER)
    return prototype((name, ctypes.CDLL(None)))


@contextmanager
def blocking(_own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
    """A read that blocks, and the answer: a process or a thread for each connection."""
    receive, send = calls.receive, calls.send
    buffer = ctypes.create_string_buffer(READ_BYTES)

    def loop(fds: Iterable[int]) -> None:
        for fd in fds:
            receive(fd, buffer, READ_BYTES, 0)
            send(fd, buffer, len(MESSAGE), 0)

    yield loop


def waiting(mechanism: str, events: int = poll_bits.IN) -> LoopSetup:
    """A call that waits for all, a read, the answer; edge-triggered, another read that finds nothing."""

    @contextmanager
    def setup(own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
        with made(mechanism, sorted(own), MAX_EVENTS) as call:
            if events != poll_bits.IN:
                _watch_as(call, own, events)
            yield _waiting_loop(call, calls, drain=bool(events & poll_bits.EPOLLET))

    return setup


def _waiting_loop(call: TimedCall, calls: LoopCalls, *, drain: bool) -> ServerLoop:
    receive, send = calls.receive, calls.send
    wait, arguments, restore = calls.wait_of(call), call.arguments, call.prepare
    buffer = ctypes.create_string_buffer(READ_BYTES)

    def loop(fds: Iterable[int]) -> None:
        for fd in fds:
            if restore is not None:
                memmove(*restore)
            wait(*arguments)
            receive(fd, buffer, READ_BYTES, socket.MSG_DONTWAIT)
            send(fd, buffer, len(MESSAGE), 0)
            if drain:
                receive(fd, buffer, READ_BYTES, socket.MSG_DONTWAIT)

    return loop


@contextmanager
def one_shot(own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
    """epoll_wait, a read, the answer, and an epoll_ctl that arms the connection again.

    One worker: of several that sleep the kernel wakes the one that came last, which is always the same.
    """
    receive, send, rearm = calls.receive, calls.send, calls.epoll_ctl
    once = poll_bits.IN | poll_bits.EPOLLONESHOT
    buffer = ctypes.create_string_buffer(READ_BYTES)
    event = ctypes.create_string_buffer(_event(once), EPOLL_EVENT.itemsize)
    with made("epoll", list(own), MAX_EVENTS) as call:
        _watch_as(call, own, once)
        wait, arguments = calls.wait_of(call), call.arguments

        def loop(fds: Iterable[int]) -> None:
            for fd in fds:
                wait(*arguments)
                receive(fd, buffer, READ_BYTES, socket.MSG_DONTWAIT)
                send(fd, buffer, len(MESSAGE), 0)
                rearm(arguments[0], CTL_MOD, fd, event)

        yield loop


@contextmanager
def exclusive(own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
    """A worker's epoll: its part of the connections, and a listening socket with EPOLLEXCLUSIVE."""
    with listen() as listener, made("epoll", list(own), MAX_EVENTS) as call:
        events = poll_bits.IN | poll_bits.EPOLLEXCLUSIVE
        HostKernel().sys_epoll_ctl(call.arguments[0], CTL_ADD, listener.fileno(), events)
        yield _waiting_loop(call, calls, drain=False)


def _watch_as(call: TimedCall, own: Sequence[int], events: int) -> None:
    """Have an epoll watch its descriptors otherwise."""
    kernel = HostKernel()
    for fd in own:
        kernel.sys_epoll_ctl(call.arguments[0], CTL_MOD, fd, events)


def _event(events: int) -> bytes:
    """A ``struct epoll_event``."""
    event = np.zeros(1, dtype=EPOLL_EVENT)
    event["events"] = events
    return event.tobytes()
