"""A recording as a picture, an animation or text.

What a recording writes to the terminal goes through :mod:`~c10k_tui.recording.pictures.emulator`, and only
the cells that come out are drawn: no byte of the file reaches a terminal or a file as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.cast.settings import MOST_COLUMNS, MOST_ROWS
from c10k_tui.recording.pictures.cells import TerminalPicture
from c10k_tui.recording.pictures.emulator import TerminalEmulator, UnknownSequence

GIF_FRAMES_PER_S = 10
"""Of the animation: fast enough to see a scan sweep, slow enough to be small."""
LONGEST_GIF_FRAMES = 3_000


def check_free(path: Path, *, force: bool) -> None:
    """Nothing, if a file may be written there.

    Raises:
        FileExistsError: it is there.
        OSError: it is there, and no file.
    """
    if path.exists() and not (force and path.is_file()):
        raise FileExistsError(path) if path.is_file() else OSError(f"{path} is not a regular file")


def pictures(recording: Recording) -> Iterator[tuple[int, TerminalPicture]]:
    """Every picture of a recording, and when it is shown, in microseconds.

    Raises:
        CastError: it writes what no recording of this program does.
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
                f"at {event.time_us / 1e6:g} s it holds what c10k-tui does not write: {error}"
            ) from None
    yield last_us, screen.picture


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) < 10):
        raise CastError(f"{text[:20]!r} is not a size")
    if not (1 <= int(width) <= MOST_COLUMNS and 1 <= int(height) <= MOST_ROWS):
        raise CastError(f"its terminal becomes {text}; up to {MOST_COLUMNS}×{MOST_ROWS} can be")
    return int(width), int(height)


def picture_at(recording: Recording, at_us: int | None) -> TerminalPicture:
    """What a recording shows at a moment, or at its end.

    Raises:
        CastError: it writes what no recording of this program does.
    """
    shown: TerminalPicture | None = None
    for time_us, picture in pictures(recording):
        if shown is not None and at_us is not None and time_us > at_us:
            break
        shown = picture
    assert shown is not None  # There is always the picture at the end.
    return shown


def sampled(recording: Recording, begin_us: int, end_us: int, step_us: float) -> Iterator[TerminalPicture]:
    """Pictures at equal distances from one moment to another.

    Raises:
        CastError: it writes what no recording of this program does.
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
        recording: What was read.
        out: Where to.
        form: ``gif``, ``svg``, ``png`` or ``txt``.
        at_us: The moment to show; None for the end.
        begin_us: Where an animation begins; None for the beginning.
        end_us: Where it ends; None for the end.
        speed: How much faster it plays.

    Raises:
        CastError: the recording cannot be shown, or not at that time.
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
        raise CastError(f"a gif has up to {LONGEST_GIF_FRAMES:,} frames: choose --from and --to, or --speed")
    return gif(sampled(recording, begin_us, end_us, step_us), recording.header, 1000 // GIF_FRAMES_PER_S)


def _write(out: Path, data: bytes) -> None:
    """Put a file in its place when it is whole, so that a full disk leaves what was there."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, out)
    except OSError:
        part.unlink(missing_ok=True)
        raise
