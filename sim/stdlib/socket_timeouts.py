"""Calls on a socket with a timeout: CPython polls the descriptor, then makes the call (``sock_call_ex``).

Why not a timed wait in the kernel: Linux has one (``SO_RCVTIMEO``), but CPython does not use it, and the cost
of the extra poll is part of what a timeout costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sim.kernel import poll_bits
from sim.stdlib.process import SimulatedProcess

Result = TypeVar("Result")


def wait_ready(
    process: SimulatedProcess, fd: int, events: int, limit_ns: int, describe: Callable[[], str]
) -> None:
    """Poll a descriptor until it is ready.

    Args:
        process: the process whose descriptor it is.
        fd: the descriptor.
        events: poll bits to wait for.
        limit_ns: longest time to wait; poll rounds it up to milliseconds.
        describe: returns the call's description for a deadlock's message.

    Raises:
        TimeoutError: the descriptor did not become ready in time.
    """
    if limit_ns < 0:
        raise TimeoutError("timed out")
    asked = {fd: events | poll_bits.ALWAYS_REPORTED}
    rounded_ns = -(-limit_ns // 1_000_000) * 1_000_000
    if not process.wait(process.kernel.scan_calls.poll_listed(asked, rounded_ns), describe):
        raise TimeoutError("timed out")


def call_within(
    process: SimulatedProcess,
    fileno: Callable[[], int],
    timeout_ns: int,
    events: int,
    function: Callable[[int], Result],
    describe: Callable[[], str],
) -> Result:
    """Make a call on a descriptor, within a timeout.

    Args:
        process: the process whose descriptor it is.
        fileno: returns the descriptor; -1 after another thread has closed the socket.
        timeout_ns: longest time to wait, for all polls together.
        events: poll bits to wait for.
        function: the call; it takes the descriptor and raises ``BlockingIOError`` on EAGAIN.
        describe: returns the call's description for a deadlock's message.

    Raises:
        TimeoutError: the call could not be made in time.
    """
    deadline_ns = process.kernel.now_ns + timeout_ns
    remaining_ns = timeout_ns
    while True:
        wait_ready(process, fileno(), events, remaining_ns, describe)
        try:
            return process.call(function, fileno())
        except BlockingIOError:
            remaining_ns = deadline_ns - process.kernel.now_ns
