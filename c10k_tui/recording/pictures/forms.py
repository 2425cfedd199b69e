"""The forms in which a recording can be exported, and their limits. The command line reads them too."""

from __future__ import annotations

from dataclasses import dataclass

STILL = ("svg", "png", "txt")
"""Forms that show one moment."""


@dataclass(frozen=True, slots=True)
class AnimationLimits:
    """The rates and lengths that a form of animation can have."""

    frames_per_s: float
    """The rate if no other is given."""
    most_frames_per_s: float
    most_frames: int


ANIMATED = {
    # 10 pictures a second are fast enough to show a scan, and few enough for a small file. A gif counts
    # hundredths of a second, and browsers slow pictures down that are shown for less than two of them.
    "gif": AnimationLimits(10, 50, 3_000),
    "mp4": AnimationLimits(30, 60, 40_000),
    "webm": AnimationLimits(30, 60, 40_000),
}
FORMS = ("gif", "mp4", "webm", "html", *STILL)
DRAWN = tuple(form for form in FORMS if form not in ("html", "txt"))
"""Forms whose letters have a size. A page fits its picture to the window."""
SMALLEST_FONT, LARGEST_FONT = 5.0, 64.0
"""Range of font sizes in pixels."""
CELL_WIDTHS = {"gif": 8, "svg": 8, "png": 16, "mp4": 16, "webm": 16}
"""Width of a cell in pixels if no font size is given."""
_ADVANCE_EM = 0.602
"""Width of a letter of DejaVu Sans Mono, as a share of the font size."""
MOST_PIXELS = {
    "gif": 16_000_000,
    "svg": 400_000_000,
    "png": 64_000_000,
    "mp4": 16_000_000,
    "webm": 16_000_000,
}
"""Most pixels of a picture; a picture in memory takes up to twelve bytes for each."""


def cell_width_of(form: str, font_size: float | None) -> int:
    """The width of a cell in pixels.

    Args:
        form: One of :data:`DRAWN`.
        font_size: Size of the letters in pixels; None for the usual size of the form.
    """
    return CELL_WIDTHS[form] if font_size is None else round(font_size * _ADVANCE_EM)
