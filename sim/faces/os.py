"""``kernel.os``: what the os module does with descriptors.

Pipes, eventfd and timerfd are not here yet, and neither is anything that is not about descriptors.
"""

from __future__ import annotations

import errno
from typing import SupportsIndex

from sim.faces.arguments import Buffer, c_int
from sim.faces.process import Face
from sim.files.socket import Socket
from sim.polling import oserror


class OsModule(Face):
    """Stands where the os module stands."""

    module = "os"
    error = OSError

    def read(self, fd: SupportsIndex, length: SupportsIndex, /) -> bytes:
        """Take up to ``length`` bytes; ``b""`` at end of file."""
        number, size = c_int(fd), c_int(length)
        if size < 0:
            raise oserror(errno.EINVAL)
        kernel = self._process.kernel
        if size == 0 and isinstance(kernel.table.file(number), Socket):
            return b""
        return self._process.attempt(
            number, lambda fd: kernel.sys_read(fd, size), lambda: f"os.read on descriptor {number}"
        )

    def write(self, fd: SupportsIndex, data: Buffer, /) -> int:
        """Write bytes; how many were taken."""
        number = c_int(fd)
        content = memoryview(data).tobytes()
        return self._process.write(
            number, content, self._process.kernel.sys_write, lambda: f"os.write on descriptor {number}"
        )

    def close(self, fd: SupportsIndex) -> None:
        """Close a descriptor."""
        self._process.call(self._process.kernel.sys_close, c_int(fd))

    def dup(self, fd: SupportsIndex, /) -> int:
        """Another number for the same open file."""
        return self._process.call(self._process.kernel.sys_dup, c_int(fd))

    def get_blocking(self, fd: SupportsIndex, /) -> bool:
        """Whether calls on the open file wait."""
        return self._process.call(self._process.kernel.sys_get_blocking, c_int(fd))

    def set_blocking(self, fd: SupportsIndex, blocking: object, /) -> None:
        """Have calls on the open file wait, or not."""
        self._process.call(self._process.kernel.sys_set_blocking, c_int(fd), bool(blocking))
