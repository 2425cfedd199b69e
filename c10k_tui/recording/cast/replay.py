"""A recording as a replay: the keys, the sizes and the pauses with which its race is run again.

A key acts in a frame, so a key must stand at the time of a frame, and so must a size and a pause. Pictures
and markers are not needed to run the race, so they may stand at any time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from c10k_tui.recording.cast.figures import FigureDecoder, FigureError
from c10k_tui.recording.cast.header import CastError, plain, settings_of
from c10k_tui.recording.cast.key_script import KeyPress, KeyScript
from c10k_tui.recording.cast.keycodes import PAUSE_RECORDING, key_of
from c10k_tui.recording.cast.lines import CastEvent, frame_at, is_frame_time, parse_unseen, time_us_of
from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.cast.settings import MOST_COLUMNS, MOST_ROWS, RecordingSettings
from c10k_tui.session.measured_figures import Figure

MOST_KEYS_A_FRAME = 64
"""Limit of keys in one frame: far more than a keyboard sends in a thirtieth of a second."""
MOST_FRAMES = 1_000_000
"""Limit of frames that a replay runs, including frames that passed while the recording was paused."""
_SIZE = re.compile(r"([0-9]{1,3})x([0-9]{1,3})")
_DRAWS_NOTHING = re.compile(r"(\x1b\[0m|\x1b\[[0-9;]*H|\x1b\[\?25h)*")
"""Text that changes no cell of a picture."""


@dataclass(frozen=True, slots=True)
class Resize:
    """A new size of the terminal, and the frame in which it changed."""

    frame: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything needed to run a recording again.

    Frame numbers count all frames of the race, including frames that passed while the recording was paused.
    """

    settings: RecordingSettings
    script: KeyScript
    resizes: tuple[Resize, ...]
    unseen: tuple[tuple[int, int], ...]
    """First frame and number of frames of each pause of the recording."""
    end_us: int
    """Length of the recording in µs: the time of its last event."""
    figures: tuple[tuple[int, Figure], ...] = ()
    """Measured figures, each with the frame in which it acts."""
    ends_paused: bool = False
    """True if the last frame was not recorded, because the recording was paused in it."""

    def recorded(self, frame: int) -> int:
        """The frame of the recording that shows a frame of the race; if it was not recorded, the next
        recorded frame.
        """
        return frame - sum(min(count, max(0, frame - first)) for first, count in self.unseen)

    def raced(self, recorded: int) -> int:
        """The frame of the race that is shown by a frame of the recording."""
        frame = recorded
        for first, count in self.unseen:
            if frame >= first:
                frame += count
        return frame

    def shown_at(self, time_us: int) -> int:
        """The frame of the race that the recording shows at a time in microseconds."""
        return min(self.raced(frame_at(time_us, self.settings.frames_per_s)), self.last_shown)

    @property
    def last_shown(self) -> int:
        """The last frame of the race that the recording shows."""
        return max(0, self.script.frames - self.ends_paused)

    @property
    def end(self) -> int:
        """Number of the last frame of the recording."""
        return self.recorded(self.script.frames)

    @property
    def largest_size(self) -> tuple[int, int]:
        """The columns and rows that a terminal needs to show all of the recording, without the caption."""
        sizes = [(self.settings.width, self.settings.height)]
        sizes += [(resize.width, resize.height) for resize in self.resizes]
        return max(width for width, _ in sizes), max(height for _, height in sizes) - self.settings.caption


def replay_of(recording: Recording) -> Replay:
    """Turn a recording into a replay.

    Raises:
        CastError: another program made it, or it holds events that this program does not write.
    """
    parts = _Parts(settings_of(recording.header))
    for event in recording.events:
        parts.take(event)
    total = frame_at(recording.end_us, parts.settings.frames_per_s) + parts.passed
    if total > MOST_FRAMES:
        raise CastError(f"it has {total:,} frames to run; at most {MOST_FRAMES:,} are possible")
    _check_order(parts.presses)
    return Replay(
        parts.settings,
        KeyScript(tuple(parts.presses), total),
        tuple(parts.resizes),
        tuple(parts.unseen),
        recording.end_us,
        tuple(parts.figures),
        ends_paused=parts.paused_us is not None and parts.paused_us == recording.end_us,
    )


@dataclass(slots=True)
class _Parts:
    """The parts of a replay, as far as the events are read."""

    settings: RecordingSettings
    presses: list[KeyPress] = field(default_factory=list)
    resizes: list[Resize] = field(default_factory=list)
    unseen: list[tuple[int, int]] = field(default_factory=list)
    figures: list[tuple[int, Figure]] = field(default_factory=list)
    passed: int = 0
    """Number of frames in the pauses so far."""
    paused_us: int | None = None
    """Time at which the recording may have been paused; None if something is shown after it."""
    decoder: FigureDecoder = field(default_factory=FigureDecoder)

    def take(self, event: CastEvent) -> None:
        """Take the next event.

        Raises:
            CastError: this program does not write such an event.
        """
        rate = self.settings.frames_per_s
        if event.code in _IN_FRAMES and not is_frame_time(event.time_us, rate):
            raise CastError(_between(event, rate))
        frame = frame_at(event.time_us, rate) + self.passed
        if event.code == "i":
            self.presses.append(KeyPress(frame, _key(event)))
            if self.presses[-1].key == PAUSE_RECORDING:
                self.paused_us = event.time_us
        elif event.code == "r":
            self.resizes.append(_resize(event, frame, self.settings))
        elif event.code == "p":
            self._take_pause(event, frame)
        elif event.code == "k":
            self.figures.append(_figure(event, frame, self.decoder, self.unseen))
        if event.code not in "ik" and not (event.code == "o" and _DRAWS_NOTHING.fullmatch(event.data)):
            self.paused_us = None

    def _take_pause(self, event: CastEvent, frame: int) -> None:
        found = parse_unseen(event.data)
        if found is None:
            raise CastError(f"the pause at {event.time_us / 1e6:g} s is not valid")
        frames, keys = found
        self.presses += [KeyPress(frame + press.frame, press.key) for press in keys]
        self.unseen.append((frame, frames))
        self.passed += frames


_IN_FRAMES = {"i": "key", "r": "size", "p": "pause", "k": "figure"}
"""Codes of events that act in a frame, and words for them."""


def _between(event: CastEvent, rate: int) -> str:
    """Words for an event between two frames."""
    before = frame_at(event.time_us, rate)
    times = " and ".join(f"{time_us_of(frame, rate) / 1e6:g}" for frame in (before, before + 1))
    what = _IN_FRAMES[event.code]
    return f"the {what} at {event.time_us / 1e6:g} s lies between two frames; the nearest are at {times} s"


def _figure(
    event: CastEvent, frame: int, decoder: FigureDecoder, unseen: list[tuple[int, int]]
) -> tuple[int, Figure]:
    """A measured figure, and the frame in which it acts."""
    try:
        figure, after = decoder.figure(event.data)
        if after is None:
            return frame, figure
        first, count = unseen[-1] if unseen else (0, 0)
        if after >= count:
            raise FigureError
    except FigureError:
        raise CastError(f"the measured figure at {event.time_us / 1e6:g} s is not valid") from None
    return first + after, figure


def _check_order(presses: list[KeyPress]) -> None:
    for index, press in enumerate(presses):
        if index and press.frame < presses[index - 1].frame:
            raise CastError("its keys are not in order of time")
        if index >= MOST_KEYS_A_FRAME and presses[index - MOST_KEYS_A_FRAME].frame == press.frame:
            raise CastError(f"more than {MOST_KEYS_A_FRAME} keys are pressed in one frame")


def _key(event: CastEvent) -> str:
    key = key_of(event.data)
    if key is None:
        raise CastError(
            f"{plain(repr(event.data))[:30]} at {event.time_us / 1e6:g} s is not a key of a recording"
        )
    return key


def _resize(event: CastEvent, frame: int, settings: RecordingSettings) -> Resize:
    # A window may become too small for the race; the screen says so, and the recording goes on.
    match = _SIZE.fullmatch(event.data)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (1 <= width <= MOST_COLUMNS and height - settings.caption >= 1 and height <= MOST_ROWS):
        raise CastError(f"the terminal's size at {event.time_us / 1e6:g} s is not valid")
    return Resize(frame, width, height)
