"""Wait until another process writes a file in a folder: Linux' inotify, through the C library."""

from __future__ import annotations

import ctypes
import os
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_IN_MODIFY = 2
_MOST_BYTES = 65_536


@contextmanager
def written_files(folder: Path, patience_s: float) -> Iterator[Callable[[], None]]:
    """Watch a folder.

    Args:
        folder: The folder to watch.
        patience_s: Seconds after which a wait fails the test.

    Returns:
        A function that blocks until a file in the folder has been written since its last call.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init()
    assert fd >= 0, os.strerror(ctypes.get_errno())
    try:
        assert libc.inotify_add_watch(fd, os.fsencode(folder), _IN_MODIFY) >= 0

        def wait() -> None:
            assert select.select([fd], [], [], patience_s)[0], f"nothing is written in {folder}"
            os.read(fd, _MOST_BYTES)

        yield wait
    finally:
        os.close(fd)
