"""One message passed along a chain of socketpairs, as libevent's own benchmark (``test/bench.c``) does.

There are N socketpairs, and one byte is under way. A wake-up is: wait with a timeout of zero, receive the
byte, and send one down the next pair. As in the original, both ends of a pair have numbers in the range that
select waits on, so a bitmap of 2·N bits asks for N descriptors.

The figure is the whole wake-up with its receive and its send. The work of an event loop around them is not
part of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Callable, Sequence

from sim.host.host_kernel import HostKernel
from sim.host.measuring.measurement import CannotMeasure, Measurement, summary
from sim.host.measuring.timed_calls import (
    Sample,
    TimedCall,
    cpu_ns,
    function_and_stub,
    memmove,
    prepared_call,
    undisturbed,
    wall_ns,
)

ROUNDS = 9
_TRANSFER = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)


def measure_chain(mechanism: str, pairs: int, writes: int) -> Measurement:
    """Measure a wake-up of a chain.

    Args:
        mechanism: ``select``, ``poll`` or ``epoll``.
        pairs: Number of socketpairs.
        writes: Number of times the byte is passed on in a round.
    """
    kernel = HostKernel()
    ours: list[int] = []
    theirs: list[int] = []
    try:
        for _ in range(pairs):
            here, there = kernel.sys_socketpair()
            os.set_blocking(here, False)
            ours.append(here)
            theirs.append(there)
        with prepared_call(mechanism, ours, 1, 0) as call:
            send, no_send = function_and_stub("send", ctypes.c_long, *_TRANSFER)
            receive, no_receive = function_and_stub("recv", ctypes.c_long, *_TRANSFER)
            places = [(place % pairs, (place + 1) % pairs) for place in range(writes)]
            steps = [(ours[place], theirs[following]) for place, following in places]
            samples = []
            for _ in range(ROUNDS):
                os.write(theirs[0], b"x")
                samples.append(_round(call, call.real, receive, send, steps))
                if os.read(ours[writes % pairs], 64) != b"x":
                    raise CannotMeasure("a message got lost on the way")
            empties = [_round(call, call.nothing, no_receive, no_send, steps) for _ in range(ROUNDS)]
    finally:
        for fd in [*ours, *theirs]:
            with contextlib.suppress(OSError):
                os.close(fd)
    return summary(undisturbed(samples), summary([empty.cpu_ns for empty in empties]).ns)


def _round(
    call: TimedCall,
    wait: Callable[..., int],
    receive: Callable[..., int],
    send: Callable[..., int],
    steps: Sequence[tuple[int, int]],
) -> Sample:
    """Pass one message along all steps of the chain."""
    arguments, restore = call.arguments, call.prepare
    buffer = ctypes.create_string_buffer(b"x", 1)
    begin_ns, begin_cpu_ns = wall_ns(), cpu_ns()
    for ready, following in steps:
        if restore is not None:
            memmove(*restore)
        wait(*arguments)
        receive(ready, buffer, 1, 0)
        send(following, buffer, 1, 0)
    end_cpu_ns, end_ns = cpu_ns(), wall_ns()
    return Sample((end_cpu_ns - begin_cpu_ns) / len(steps), (end_ns - begin_ns) / len(steps))
