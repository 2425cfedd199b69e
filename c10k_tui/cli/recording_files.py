"""Recordings read from disk, and errors while a file is written."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from c10k_tui.cli.options import UsageError
from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.cast.reader import Recording, read
from c10k_tui.recording.cast.replay import Replay, replay_of
from c10k_tui.session.pacer import FRAMES_PER_S


def read_recording(path: Path) -> Recording:
    """Read an asciicast of any origin.

    Raises:
        ValueError: the file cannot be read, or is not an asciicast.
    """
    try:
        return read(path)
    except CastError as error:
        raise ValueError(f"{path}: {error}") from None
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror or error}") from None


def read_replay(path: Path) -> Replay:
    """Read a recording of this program that can be run again.

    Raises:
        ValueError: the file cannot be read, or is not such a recording.
    """
    recording = read_recording(path)
    try:
        replay = replay_of(recording)
    except CastError as error:
        raise ValueError(f"{path}: {error}") from None
    if replay.settings.frames_per_s != FRAMES_PER_S:
        raise ValueError(
            f"{path}: it has {replay.settings.frames_per_s} frames per second; only {FRAMES_PER_S} can be run"
        )
    return replay


@contextmanager
def naming_file(out: Path, if_disk_full: str) -> Generator[None, None, None]:
    """Name the file ``out`` in errors of writing it.

    Args:
        out: The file.
        if_disk_full: Words for the state of the file after an error of the disk.

    Raises:
        UsageError: the file already exists, or cannot be opened.
        OSError: the disk is full or failed.
    """
    try:
        yield
    except FileExistsError:
        raise UsageError(f"{out} already exists; overwrite it with --force") from None
    except OSError as error:
        words = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO):
            raise OSError(error.errno, f"cannot write {out}: {words}; {if_disk_full}") from None
        raise UsageError(f"cannot write {out}: {words}") from None
