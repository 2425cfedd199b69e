"""The loops of measured servers: raw calls through ``ctypes`` and nothing else.

A loop gets the order in which connections are served, so Python never reads the results of a call. The
rest of Python's time (the loop, ``ctypes``) is measured with functions that do nothing in place of the real
calls (:data:`EMPTY`) and subtracted, as in :mod:`sim.host.measuring.timed_calls`.
"""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import numpy as np

from sim.host.host_kernel import EPOLL_EVENT, HostKernel, listen
from sim.host.measuring.timed_calls import TimedCall, function_and_stub, memmove, prepared_call
from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_MOD

MESSAGE = bytes(64)
"""A request, and also its answer."""
READ_BYTES = 4_096
MAX_EVENTS = 16
_LONG, _INT, _POINTER = ctypes.c_long, ctypes.c_int, ctypes.c_void_p
_TRANSFER = (_LONG, _INT, ctypes.c_char_p, ctypes.c_size_t, _INT)

Function = Callable[..., int]
ServerLoop = Callable[[Iterable[int]], None]
"""Serves one request on each of the given descriptors, in their order."""


@dataclass(frozen=True, slots=True)
class LoopCalls:
    """The functions that a loop calls: those of the C library, or stubs that do nothing."""

    receive: Function
    send: Function
    epoll_ctl: Function
    enter: Function
    """``syscall``, used for io_uring_enter."""
    wait_of: Callable[[TimedCall], Function]
    """Chooses the function of a prepared waiting call."""


LoopSetup = Callable[[Sequence[int], LoopCalls], AbstractContextManager[ServerLoop]]
"""Makes what a server needs for its connections, and yields its loop."""


def _calls(place: int, wait_of: Callable[[TimedCall], Function]) -> LoopCalls:
    return LoopCalls(
        function_and_stub("recv", *_TRANSFER)[place],
        function_and_stub("send", *_TRANSFER)[place],
        function_and_stub("epoll_ctl", _INT, _INT, _INT, _INT, _POINTER)[place],
        function_and_stub("syscall", _LONG, *(5 * [_LONG]), _POINTER, _LONG)[place],
        wait_of,
    )


REAL = _calls(0, lambda call: call.real)
EMPTY = _calls(1, lambda call: call.nothing)


def releasing_lock(name: str) -> Function:
    """C function with the arguments of ``recv`` that releases the interpreter's lock while it runs."""
    prototype = ctypes.CFUNCTYPE(*_TRANSFER)
    return prototype((name, ctypes.CDLL(None)))


@contextmanager
def blocking(_own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
    """A blocking read and the answer: for a process or a thread per connection."""
    receive, send = calls.receive, calls.send
    buffer = ctypes.create_string_buffer(READ_BYTES)

    def loop(fds: Iterable[int]) -> None:
        for fd in fds:
            receive(fd, buffer, READ_BYTES, 0)
            send(fd, buffer, len(MESSAGE), 0)

    yield loop


def waiting(mechanism: str, events: int = poll_bits.IN) -> LoopSetup:
    """A call that waits for all connections, a read and the answer.

    With edge-triggered ``events``, a second read finds the socket empty.
    """

    @contextmanager
    def setup(own: Sequence[int], calls: LoopCalls) -> Generator[ServerLoop, None, None]:
        with prepared_call(mechanism, sorted(own), MAX_EVENTS) as call:
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

    There is one worker. The kernel wakes the worker that fell asleep last, so further workers would not run.
    """
    receive, send, rearm = calls.receive, calls.send, calls.epoll_ctl
    once = poll_bits.IN | poll_bits.EPOLLONESHOT
    buffer = ctypes.create_string_buffer(READ_BYTES)
    event = ctypes.create_string_buffer(_event(once), EPOLL_EVENT.itemsize)
    with prepared_call("epoll", list(own), MAX_EVENTS) as call:
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
    with listen() as listener, prepared_call("epoll", list(own), MAX_EVENTS) as call:
        events = poll_bits.IN | poll_bits.EPOLLEXCLUSIVE
        HostKernel().sys_epoll_ctl(call.arguments[0], CTL_ADD, listener.fileno(), events)
        yield _waiting_loop(call, calls, drain=False)


def _watch_as(call: TimedCall, own: Sequence[int], events: int) -> None:
    """Change the events that an epoll watches on its descriptors."""
    kernel = HostKernel()
    for fd in own:
        kernel.sys_epoll_ctl(call.arguments[0], CTL_MOD, fd, events)


def _event(events: int) -> bytes:
    """Bytes of a ``struct epoll_event``."""
    event = np.zeros(1, dtype=EPOLL_EVENT)
    event["events"] = events
    return event.tobytes()
