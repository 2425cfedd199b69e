"""Pictures as a video: their pixels go to ffmpeg through a pipe.

ffmpeg is not part of this program, and is used only if it is installed. Why not a Python package that
carries a copy of it: it is some 30 MB, for a form that few need.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from signal import Signals
from tempfile import TemporaryFile

from c10k_tui.recording.cast.header import CastHeader, plain
from c10k_tui.recording.pictures.draw import rgb_canvas
from c10k_tui.recording.pictures.styled_cells import TerminalPicture

CODECS = {
    # Players and browsers everywhere read H.264 with colours at half resolution. The faststart flag lets a
    # browser begin before the whole file is there.
    "mp4": ("libx264", "-preset", "veryfast", "-crf", "18", "-movflags", "+faststart"),
    # The slower way of libvpx takes seven times as long for a file that is a fifth smaller.
    "webm": (
        "libvpx-vp9",
        "-deadline",
        "realtime",
        "-cpu-used",
        "7",
        "-row-mt",
        "1",
        "-crf",
        "24",
        "-b:v",
        "0",
    ),
}
"""The encoder of each form, and its options."""
# The colours of the pixels in terms of HD video, and the same said to the player. Without that, a player
# guesses from the picture's height, and some guess wrong.
COLOURS = (
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
)


class VideoError(ValueError):
    """ffmpeg is missing or failed; the message is one line."""


def write_video(
    shown: Iterable[TerminalPicture],
    header: CastHeader,
    size: tuple[int, int],
    cell_width: int,
    frames_per_s: float,
    form: str,
    file: Path,
) -> None:
    """Write pictures as a video.

    Args:
        shown: The pictures, each shown equally long.
        header: Holds the terminal's colours.
        size: Columns and rows of the largest picture.
        cell_width: Width of a cell in pixels.
        frames_per_s: Pictures in a second.
        form: ``mp4`` or ``webm``.
        file: The file to write. After an error, part of it may exist.

    Raises:
        VideoError: ffmpeg is missing or failed.
        OSError: the disk is full.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise VideoError(f"{form} needs ffmpeg, which is not installed: install it, or export to gif or html")
    # Colours at half resolution need even numbers of columns and rows.
    width, height = (side + side % 2 for side in (size[0] * cell_width, size[1] * 2 * cell_width))
    canvas = rgb_canvas(width, height, cell_width, header)
    command = [
        *(ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"),
        *("-framerate", f"{frames_per_s:g}", "-i", "-", *COLOURS),
        *("-c:v", *CODECS[form], "-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", form, f"file:{file}"),
    ]
    with TemporaryFile() as errors:
        # A session of its own: Ctrl-C at the terminal reaches this program only, which then ends ffmpeg.
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        try:
            _feed(process, (canvas.paint(picture).data for picture in shown))
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode:
            errors.seek(0)
            raise _failure(process.returncode, errors.read().decode(errors="replace"))


def _feed(process: subprocess.Popen[bytes], frames: Iterable[memoryview]) -> None:
    """Write all frames and wait for the end of ffmpeg."""
    assert process.stdin is not None
    try:
        for frame in frames:
            process.stdin.write(frame)
        process.stdin.close()
    except BrokenPipeError:
        with suppress(BrokenPipeError):  # It has failed; its exit status and its words say why.
            process.stdin.close()
    process.wait()


def _failure(status: int, text: str) -> Exception:
    """The error to raise after ffmpeg ended with an exit status and wrote some text."""
    if os.strerror(errno.ENOSPC) in text:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    lines = [plain(line) for line in text.splitlines() if line.strip()]
    if status < 0:
        lines = [f"it was ended by {Signals(-status).name}"]
    # The first line names the cause; the others say what could not be done because of it.
    return VideoError(f"ffmpeg failed: {lines[0] if lines else 'it gave no reason'}")
