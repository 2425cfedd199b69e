"""The host lane's server as its parent sees it: a process, and the pipes to it.

The protocol on the pipes is described in :mod:`sim.host.host_server`.
"""

from __future__ import annotations

import contextlib
import os
import select

from sim.host.child_process import start_python

_CHUNK_BYTES = 1 << 16


class ServerProcess:
    """A running :mod:`sim.host.host_server`.

    Args:
        mechanism: Name of the mechanism with which the server waits.

    Raises:
        OSError: The process cannot be started.
    """

    def __init__(self, mechanism: str) -> None:
        self.process = start_python("sim.host.host_server", mechanism)
        assert self.process.stdout is not None
        self._output = self.process.stdout.fileno()
        os.set_blocking(self._output, False)

    def read(self, timeout_s: float) -> bytes | None:
        """Read the server's output.

        Args:
            timeout_s: Longest time to wait for it.

        Returns:
            Empty if nothing arrives in time; None if the process has ended.
        """
        waiting = select.poll()
        waiting.register(self._output, select.POLLIN)
        if not waiting.poll(max(0.0, timeout_s) * 1000):
            return b""
        return os.read(self._output, _CHUNK_BYTES) or None

    def send_connection_count(self, count: int) -> None:
        """Send the server the number of connections to serve.

        Raises:
            OSError: The process has ended.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(f"{count}\n".encode())
        self.process.stdin.flush()

    def close(self) -> None:
        """Kill the process and close its pipes."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
