"""Writes a recording as a picture, an animation, a page or text.

The text of a recording goes through :mod:`~c10k_tui.recording.pictures.emulator`, and only the resulting
cells are drawn. No byte of the recording reaches a terminal or a file unchecked.

A still picture shows one moment. An animation shows moments at equal steps, from the first to the last
picture of its part of the recording. Its size is the largest that the terminal has in this part.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.cast.settings import MOST_COLUMNS, MOST_ROWS
from c10k_tui.recording.pictures.emulator import TerminalEmulator, UnknownSequence
from c10k_tui.recording.pictures.forms import ANIMATED, MOST_PIXELS, cell_width_of
from c10k_tui.recording.pictures.styled_cells import TerminalPicture

Progress = Callable[[int, int], None]
"""Takes the number of finished pictures and the number of all pictures."""


def check_free(path: Path, *, force: bool) -> None:
    """Check that a file may be written.

    Raises:
        FileExistsError: the file exists, and ``force`` is false.
        OSError: ``path`` exists and is not a regular file.
    """
    if path.exists() and not (force and path.is_file()):
        raise FileExistsError(path) if path.is_file() else OSError(f"{path} is not a regular file")


def pictures(recording: Recording, until_us: int | None = None) -> Iterator[tuple[int, TerminalPicture]]:
    """Every picture of a recording with its time in microseconds.

    Args:
        recording: The recording.
        until_us: Time of the last picture wanted; None for all.

    Raises:
        CastError: the recording holds text that this program does not write.
    """
    screen = TerminalEmulator(recording.header.width, recording.header.height)
    last_us = 0
    for event in recording.events:
        if until_us is not None and event.time_us > until_us:
            break
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
                f"at {event.time_us / 1e6:g} s it has {error}, which c10k-tui neither writes nor draws; "
                "draw it with asciinema's agg"
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
    *_, (_, shown) = pictures(recording, at_us)
    return shown


def sampled(
    recording: Recording, begin_us: int, end_us: int, step_us: float
) -> Iterator[tuple[float, TerminalPicture]]:
    """The pictures from ``begin_us`` to ``end_us`` at steps of ``step_us``, and the one at ``end_us``.

    Each comes with its time since ``begin_us``, in microseconds.

    Raises:
        CastError: the recording holds text that this program does not write.
    """
    following = pictures(recording, end_us)
    _, shown = next(following)
    upcoming = next(following, None)
    for index in range(steps(begin_us, end_us, step_us) + 1):
        since_us = min(index * step_us, end_us - begin_us)
        while upcoming is not None and upcoming[0] <= begin_us + since_us:
            shown = upcoming[1]
            upcoming = next(following, None)
        yield since_us, shown


def steps(begin_us: int, end_us: int, step_us: float) -> int:
    """Number of steps of ``step_us`` from ``begin_us`` to ``end_us``; the last one may be shorter."""
    return ceil((end_us - begin_us) / step_us)


def largest_size(recording: Recording, begin_us: int, end_us: int) -> tuple[int, int]:
    """The most columns and the most rows that the terminal has from ``begin_us`` to ``end_us``."""
    width, height = recording.header.width, recording.header.height
    for event in recording.events:
        if event.code == "r" and event.time_us <= end_us:
            new = _size(event.data)
            width, height = new if event.time_us <= begin_us else (max(width, new[0]), max(height, new[1]))
    return width, height


def export(
    recording: Recording,
    out: Path,
    form: str,
    *,
    at_us: int | None = None,
    begin_us: int | None = None,
    end_us: int | None = None,
    speed: float = 1.0,
    frames_per_s: float | None = None,
    font_size: float | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a recording in another form.

    Args:
        recording: The recording.
        out: The file to write.
        form: One of :data:`~c10k_tui.recording.pictures.forms.FORMS`.
        at_us: Time of a still picture, in microseconds; None for the end.
        begin_us: Start of an animation; None for the beginning.
        end_us: End of an animation; None for the end.
        speed: Factor by which an animation plays faster.
        frames_per_s: Pictures of an animation in a second; None for the usual rate of the form.
        font_size: Size of the letters in pixels; None for the usual size of the form.
        progress: Called after each picture of an animation.

    Raises:
        CastError: the recording cannot be shown, or a time is beyond its end.
        ValueError: the animation would be too long or too large, or ffmpeg is missing or fails.
        OSError: the file could not be written.
    """
    _check_times(recording, at_us, begin_us, end_us)
    if form in ANIMATED:
        part = (begin_us or 0, recording.end_us if end_us is None else end_us)
        rate = ANIMATED[form].frames_per_s if frames_per_s is None else frames_per_s
        _animation(recording, out, form, part, rate, speed, font_size, progress)
        return
    if form == "html":
        from c10k_tui.recording.pictures.html import page

        largest = largest_size(recording, 0, recording.end_us)
        data = page(recording, largest, pictures(recording)).encode(errors="replace")
    else:
        data = _still(picture_at(recording, at_us), recording, form, font_size)
    with _replaced(out) as file:
        file.write_bytes(data)


def _still(picture: TerminalPicture, recording: Recording, form: str, font_size: float | None) -> bytes:
    if form == "txt":
        return picture.text.encode()
    cell_width = _cell_width(form, font_size, (picture.width, picture.height))
    if form == "svg":
        from c10k_tui.recording.pictures.svg import svg

        return svg(picture, recording.header, cell_width).encode()
    from c10k_tui.recording.pictures.draw import png

    return png(picture, recording.header, cell_width)


def _animation(
    recording: Recording,
    out: Path,
    form: str,
    part_us: tuple[int, int],
    frames_per_s: float,
    speed: float,
    font_size: float | None,
    progress: Progress | None,
) -> None:
    """Write the part of a recording between two times, which are in microseconds."""
    step_us = speed * 1_000_000 / frames_per_s
    count = steps(*part_us, step_us) + 1
    if count > ANIMATED[form].most_frames + 1:
        raise CastError(
            f"{form} can have at most {ANIMATED[form].most_frames:,} frames, and this would be {count:,}; "
            "choose --from and --to, a lower --fps, or a higher --speed"
        )
    size = largest_size(recording, *part_us)
    cell_width = _cell_width(form, font_size, size)
    shown = _counted(sampled(recording, *part_us, step_us), count, progress)
    if form == "gif":
        from c10k_tui.recording.pictures.gif import gif

        timed = ((since_us / speed, picture) for since_us, picture in shown)
        data = gif(timed, recording.header, size, cell_width)
        with _replaced(out) as file:
            file.write_bytes(data)
        return
    from c10k_tui.recording.pictures.video import write_video

    with _replaced(out) as file:
        write_video(
            (picture for _, picture in shown), recording.header, size, cell_width, frames_per_s, form, file
        )


def _counted(
    shown: Iterator[tuple[float, TerminalPicture]], count: int, progress: Progress | None
) -> Iterator[tuple[float, TerminalPicture]]:
    for done, timed in enumerate(shown, start=1):
        yield timed
        if progress is not None:
            progress(done, count)


def _cell_width(form: str, font_size: float | None, size: tuple[int, int]) -> int:
    """The width of a cell in pixels, for pictures of ``size`` columns and rows."""
    cell_width = cell_width_of(form, font_size)
    width, height = size[0] * cell_width, size[1] * 2 * cell_width
    if width * height > MOST_PIXELS[form]:
        raise CastError(
            f"its picture of {size[0]}×{size[1]} characters would have {width}×{height} pixels; "
            f"at most {MOST_PIXELS[form] // 1_000_000} million are possible: choose a smaller --font-size"
        )
    return cell_width


def _check_times(recording: Recording, at_us: int | None, begin_us: int | None, end_us: int | None) -> None:
    length_s = f"{recording.end_us / 1e6:g}s"
    for name, time_us in (("--at", at_us), ("--from", begin_us), ("--to", end_us)):
        if time_us is not None and time_us > recording.end_us:
            raise CastError(f"{name} is beyond the end of the recording, which is {length_s} long")
    if begin_us is not None and end_us is not None and begin_us >= end_us:
        raise CastError("--from must be before --to")


@contextmanager
def _replaced(out: Path) -> Generator[Path, None, None]:
    """A new file beside ``out`` that takes its place at the end of the block.

    After an error or Ctrl-C, nothing of it is left and the old file is unchanged.
    """
    part = out.with_name(f".{out.name}.part")
    part.open("wb").close()
    try:
        yield part
        os.replace(part, out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
