"""GIF, MP4 and WebM as ffmpeg decodes them, compared with the PNG of the same moment."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.pictures.draw import image
from c10k_tui.recording.pictures.export import export, largest_size, picture_at


def decoded(ffmpeg: str, path: Path, at_s: float, width: int, height: int) -> NDArray[np.uint8]:
    """The picture that a video shows at a time."""
    done = subprocess.run(
        [
            *(ffmpeg, "-v", "error", "-nostdin", "-i", str(path)),
            *("-vf", f"select='lte(t,{at_s + 0.001})'", "-fps_mode", "passthrough"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        ],
        capture_output=True,
        check=True,
    )
    return np.frombuffer(done.stdout, dtype=np.uint8).reshape(-1, height, width, 3)[-1]


def video_findings(
    recording: Recording, moments_us: list[int], ffmpeg: str, folder: Path
) -> Iterator[tuple[str, float, float]]:
    """Each form at some moments. Video keeps colour at half resolution, so edges of letters differ."""
    columns, rows = largest_size(recording, 0, recording.end_us)
    for form, cell_width, limit in (("gif", 8, 3), ("mp4", 16, 6), ("webm", 16, 6)):
        path = folder / f"a.{form}"
        export(recording, path, form)
        for at_us in moments_us:
            picture = picture_at(recording, at_us)
            wanted = image(picture, recording.header, cell_width).astype(int)
            seen = decoded(ffmpeg, path, at_us / 1e6, columns * cell_width, rows * 2 * cell_width)
            height, width = wanted.shape[:2]
            difference = np.abs(seen[:height, :width].astype(int) - wanted)
            yield f"{form} at {at_us / 1e6:g} s: mean difference of 255", float(difference.mean()), limit
