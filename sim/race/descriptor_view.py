"""The view of a run of a lane's descriptors, which the screen shows for the cell under the cursor.

Most connections are rows of a block and have no object (:mod:`sim.race.idle_connections`). So a view is made
from two sources: the files that exist as objects, and the rows of the idle connections.
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
    """Make the view of a run of descriptors.

    Args:
        network: the lane's network.
        block_fd: descriptor of the lane's first connection.
        first_fd: first descriptor of the run.
        last_fd: last descriptor of the run; it may lie beyond the end of the table.
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
        item.checked_ns for fd in present for item in table.files[fd].watches if item.checked_ns is not None
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
    """Time at which a scan last checked any of them; None if no pass that the kernel still knows did."""
    kernel = network.kernel
    for scan in reversed(kernel.scan_calls.passes):
        ranks = (scan.request.rank(fd) for fd in range(first_fd, last_fd + 1))
        looked_at = (scan.looked_at_ns(rank, kernel.now_ns) for rank in ranks if rank is not None)
        latest = max((time_ns for time_ns in looked_at if time_ns is not None), default=None)
        if latest is not None:
            return latest
    return None


def _present(numbers: Mapping[int, object], first: int, last: int) -> list[int]:
    """The keys from ``first`` to ``last``, found in the faster of two ways."""
    if len(numbers) < last - first:
        return [number for number in numbers if first <= number <= last]
    return [number for number in range(first, last + 1) if number in numbers]


def _state(count: int, is_open: int, is_ready: int) -> str:
    """The state of a run of descriptors: ``closed``, ``ready``, ``mixed`` or ``idle``."""
    if not is_open:
        return "closed"
    if is_ready == count:
        return "ready"
    return "mixed" if is_ready or is_open < count else "idle"
