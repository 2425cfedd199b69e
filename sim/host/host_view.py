"""The state of a host lane at one moment, as a finished value.

It stands apart from the lane so that readers of recordings can use it without a socket.
"""

from __future__ import annotations

from dataclasses import dataclass

RECENT = 200
"""Number of wake-ups that the median is taken over."""


@dataclass(frozen=True, slots=True)
class HostView:
    """State of a host lane, for the screen. All times are measured."""

    mechanism: str
    state: str
    """``starting``, ``opening``, ``running`` or ``failed``."""
    requested: int
    """Connections that the scenario requests."""
    opened: int
    why_fewer: str | None
    """Reason, in one line, for which fewer connections are open than requested; None if all are open."""
    failure: str | None
    wakeups: int
    last_ns: int | None
    """CPU time of the waiting call of the last wake-up, in ns. With asyncio, the loop's work is included."""
    last_ready: int
    last_slept: bool
    median_ns: int | None
    """Median of the last :data:`RECENT` wake-ups, in ns."""
    best_ns: int | None
    """Minimum of the last :data:`RECENT` wake-ups, in ns."""
    played: int
    """Requests sent."""
    answered: int
    skipped: int
    """Arrivals that were not played: no time, no connection, or a hang-up."""


def starting_view(mechanism: str, fds: int) -> HostView:
    """The state of a lane that has just been switched on: its server starts.

    Args:
        mechanism: The mechanism with which the server waits.
        fds: Connections that the scenario requests.
    """
    return HostView(
        mechanism=mechanism,
        state="starting",
        requested=fds,
        opened=0,
        why_fewer=None,
        failure=None,
        wakeups=0,
        last_ns=None,
        last_ready=0,
        last_slept=False,
        median_ns=None,
        best_ns=None,
        played=0,
        answered=0,
        skipped=0,
    )
