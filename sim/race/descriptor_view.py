"""What can be said about a run of a lane's descriptors: what the cursor tells.

Most connections are rows of a block and have no object of their own (:mod:`sim.race.idle_connections`), so
what is asked is asked of both: of the files that were touched, and of the rows of those that rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.frames.frame import FdView
from sim.kernel import poll_bits
from sim.kernel.files.tcp import StreamSocket

if TYPE_CHECKING:
    from sim.race.network import Network


def fd_view(network: Network, block_fd: int, first_fd: int, last_fd: int) -> FdView:
    """A run of descriptors at this moment.

    Args:
        network: The lane's.
        block_fd: The descriptor of the lane's first connection.
        first_fd: The run's first.
        last_fd: The run's last; it may lie beyond the table's end.
    """
    table, resting = network.kernel.table, network.resting
    last_fd = min(last_fd, table.end - 1)
    masks = table.poll_masks[first_fd : last_fd + 1]
    is_open = int((masks != poll_bits.NVAL).sum())
    is_ready = int(((masks & poll_bits.IN) != 0).sum())
    present = _present(table.files, first_fd, last_fd)
    touched = [file for fd in present if isinstance(file := table.files[fd], StreamSocket)]
    arrivals = [socket.arrived_ns for socket in touched if socket.arrived_ns >= 0]
    checks = [
        item.checked_ns for fd in present for item in table.files[fd].items if item.checked_ns is not None
    ]
    if resting is not None:
        closed = np.flatnonzero(masks == poll_bits.NVAL) + first_fd
        others = np.concatenate((np.array(present, dtype=np.int64), closed)) - block_fd
        first, last = first_fd - block_fd, first_fd - block_fd + len(masks) - 1
        for known_ns, times in ((resting.arrived_ns, arrivals), (resting.checked_ns, checks)):
            latest = resting.latest_ns(known_ns, first, last, others)
            times.extend(() if latest is None else (latest,))
    scanned_ns = _last_scanned_ns(network, first_fd, last_fd)
    return FdView(
        first_fd=first_fd,
        last_fd=last_fd,
        open=is_open,
        ready=is_ready,
        buffered_bytes=sum(socket.received_bytes for socket in touched),
        state=_state(len(masks), is_open, is_ready),
        last_checked_ns=max(checks, default=None) if scanned_ns is None else scanned_ns,
        last_packet_ns=max(arrivals, default=None),
    )


def _last_scanned_ns(network: Network, first_fd: int, last_fd: int) -> int | None:
    """When a scan last looked at any of them; exact for the passes still remembered."""
    kernel = network.kernel
    for scan in reversed(kernel.passes):
        ranks = (scan.request.rank(fd) for fd in range(first_fd, last_fd + 1))
        looked_at = (scan.looked_at_ns(rank, kernel.now_ns) for rank in ranks if rank is not None)
        latest = max((time_ns for time_ns in looked_at if time_ns is not None), default=None)
        if latest is not None:
            return latest
    return None


def _present(numbers: Mapping[int, object], first: int, last: int) -> list[int]:
    """The keys from ``first`` to ``last``, by whichever way is shorter."""
    if len(numbers) < last - first:
        return [number for number in numbers if first <= number <= last]
    return [number for number in range(first, last + 1) if number in numbers]


def _state(count: int, is_open: int, is_ready: int) -> str:
    """One word for a run of descriptors."""
    if not is_open:
        return "closed"
    if is_ready == count:
        return "ready"
    return "mixed" if is_ready or is_open < count else "idle"
