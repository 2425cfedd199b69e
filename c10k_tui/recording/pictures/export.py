"""Writes a recording as a picture, an animation or text.

The text of a recording goes through :mod:`~c10k_tui.recording.pictures.emulator`, and only the resulting
cells are drawn. No byte of the recording reaches a terminal or a file unchecked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.cast.settings import MOST_COLUMNS, MOST_ROWS
from c10k_tui.recording.pictures.emulator import TerminalEmulator, UnknownSequence
from c10k_tui.recording.pictures.styled_cells import TerminalPicture

GIF_FRAMES_PER_S = 10
"""Frame rate of an animation: fast enough to show a scan, slow enough for a small file."""
LONGEST_GIF_FRAMES = 3_000


def check_free(path: Path, *, force: bool) -> None:
    """Check that a file may be written.

    Raises:
        FileExistsError: the file exists, and ``force`` is false.
        OSError: ``path`` exists and is not a regular file.
    """
    if path.exists() and not (force and path.is_file()):
        raise FileExistsError(path) if path.is_file() else OSError(f"{path} is not a regular file")


def pictures(recording: Recording) -> Iterator[tuple[int, TerminalPicture]]:
    """Every picture of a recording with its time in microseconds.

    Raises:
        CastError: the recording holds text that this program does not write.
    """
    screen = TerminalEmulator(recording.header.width, recording.header.height)
    last_us = 0
    for event in recording.events:
        if event.code not in ("o", "r"):
            continue
        if event.time_us > last_us:
            yield last_us, screen.picture
            last_us = event.time_us
        if event.code == "r":
            screen.resize(*_size(event.data))
            continue
        try:
            screen.write(event.data)
        except UnknownSequence as error:
            raise CastError(
                f"at {event.time_us / 1e6:g} s it holds something that c10k-tui does not write: {error}"
            ) from None
    yield last_us, screen.picture


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) < 10):
        raise CastError(f"{text[:20]!r} is not a size")
    if not (1 <= int(width) <= MOST_COLUMNS and 1 <= int(height) <= MOST_ROWS):
        raise CastError(f"its terminal changes to {text}; at most {MOST_COLUMNS}×{MOST_ROWS} is possible")
    return int(width), int(height)


def picture_at(recording: Recording, at_us: int | None) -> TerminalPicture:
    """The picture at a time; with None, the last picture.

    Raises:
        CastError: the recording holds text that this program does not write.
    """
    shown: TerminalPicture | None = None
    for time_us, picture in pictures(recording):
        if shown is not None and at_us is not None and time_us > at_us:
            break
        shown = picture
    assert shown is not None  # pictures() yields at least the last picture.
    return shown


def sampled(recording: Recording, begin_us: int, end_us: int, step_us: float) -> Iterator[TerminalPicture]:
    """The pictures from ``begin_us`` to ``end_us`` at steps of ``step_us``.

    Raises:
        CastError: the recording holds text that this program does not write.
    """
    following = pictures(recording)
    _, shown = next(following)
    upcoming = next(following, None)
    index = 0
    while (now_us := begin_us + index * step_us) <= end_us:
        while upcoming is not None and upcoming[0] <= now_us:
            shown = upcoming[1]
            upcoming = next(following, None)
        yield shown
        index += 1


def export(
    recording: Recording,
    out: Path,
    form: str,
    *,
    at_us: int | None,
    begin_us: int | None,
    end_us: int | None,
    speed: float,
) -> None:
    """Write a recording in another form.

    Args:
        recording: The recording.
        out: The file to write.
        form: ``gif``, ``svg``, ``png`` or ``txt``.
        at_us: Time of a still picture, in microseconds; None for the end.
        begin_us: Start of an animation; None for the beginning.
        end_us: End of an animation; None for the end.
        speed: Factor by which an animation plays faster.

    Raises:
        CastError: the recording cannot be shown, or a time is beyond its end.
        OSError: the file could not be written.
    """
    _check_times(recording, at_us, begin_us, end_us)
    if form == "gif":
        _write(out, _gif(recording, begin_us or 0, recording.end_us if end_us is None else end_us, speed))
        return
    picture = picture_at(recording, at_us)
    if form == "txt":
        _write(out, picture.text.encode())
    elif form == "svg":
        from c10k_tui.recording.pictures.svg import svg

        _write(out, svg(picture, recording.header).encode())
    else:
        from c10k_tui.recording.pictures.draw import png

        _write(out, png(picture, recording.header))


def _check_times(recording: Recording, at_us: int | None, begin_us: int | None, end_us: int | None) -> None:
    length_s = f"{recording.end_us / 1e6:g}s"
    for name, time_us in (("--at", at_us), ("--from", begin_us), ("--to", end_us)):
        if time_us is not None and time_us > recording.end_us:
            raise CastError(f"{name} is beyond the end of the recording, which is {length_s} long")
    if begin_us is not None and end_us is not None and begin_us >= end_us:
        raise CastError("--from must be before --to")


def _gif(recording: Recording, begin_us: int, end_us: int, speed: float) -> bytes:
    from c10k_tui.recording.pictures.gif import gif

    step_us = speed * 1_000_000 / GIF_FRAMES_PER_S
    if (end_us - begin_us) / step_us > LONGEST_GIF_FRAMES:
        raise CastError(
            f"a gif can have at most {LONGEST_GIF_FRAMES:,} frames; choose --from and --to, "
            "or a higher --speed"
        )
    return gif(sampled(recording, begin_us, end_us, step_us), recording.header, 1000 // GIF_FRAMES_PER_S)


def _write(out: Path, data: bytes) -> None:
    """Write a temporary file and rename it, so that a full disk leaves the old file unchanged."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
