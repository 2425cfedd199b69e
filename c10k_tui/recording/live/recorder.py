"""Frames to the lines of a recording.

Frames are counted twice: as shown, and as recorded. While a recording is paused, only the first count
increases. When the recording continues, a ``p`` event lists the omitted frames and keys. Then the whole
picture is written, because any part of it may have changed.

Within a frame the order is: size, omitted frames and keys, keys, measured figures, picture, markers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from c10k_tui.recording.cast.figures import FigureEncoder
from c10k_tui.recording.cast.key_script import KeyPress
from c10k_tui.recording.cast.keycodes import sequence_of
from c10k_tui.recording.cast.lines import CastEvent, time_us_of, unseen_data
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live import encoder
from c10k_tui.recording.live.caption import Caption, CaptionStyles
from c10k_tui.recording.live.markers import RaceState, markers_between
from c10k_tui.recording.pictures.styled_cells import TerminalPicture
from c10k_tui.session.measured_figures import Figure, HostLaneSeen


class Recorder:
    """Writes a recording, frame by frame.

    Args:
        settings: The settings in the file's header.
        writer: Writes the lines.
        moment: The state of the race when the recording begins.
    """

    def __init__(self, settings: RecordingSettings, writer: CastWriter, moment: RaceState) -> None:
        self.writer = writer
        self.paused = False
        self._rate = settings.frames_per_s
        self._size = (settings.width, settings.height)
        self._caption = Caption(settings.frames_per_s) if settings.caption else None
        self._moment = moment
        self._shown = 0
        """Number of frames so far, unrecorded ones included."""
        self._unseen: list[KeyPress] | None = None
        """Keys since the recording was paused; None while it is not paused."""
        self._unseen_figures: list[tuple[int, Figure]] = []
        """Measured figures since the recording was paused, each with the number of frames since then."""
        self._encoder = FigureEncoder()
        self._paused_at = 0
        self._passed = 0
        """Number of unrecorded frames before the current pause."""
        self._before: TerminalPicture | None = None
        self._marks: list[str] = []
        self._marked = 0
        self._failed = False

    @property
    def recorded_us(self) -> int:
        """Length of the recording in µs, up to its last frame."""
        last = self._paused_at if self._unseen is not None else self._shown
        return time_us_of(max(0, last - self._passed - 1), self._rate)

    def pause(self) -> None:
        """Stop recording frames from the current one on, or continue."""
        self.paused = not self.paused

    def mark(self, label: str = "") -> None:
        """Put a marker on the current frame."""
        if not label:
            self._marked += 1
            label = f"mark {self._marked}"
        self._marks.append(label)

    def take(
        self,
        picture: TerminalPicture,
        keys: Sequence[str],
        moment: RaceState,
        styles: CaptionStyles,
        figures: Sequence[Figure] = (),
    ) -> None:
        """Take a finished frame.

        Args:
            picture: The screen.
            keys: The keys pressed in the frame.
            moment: The current state of the race.
            styles: The styles of the caption.
            figures: The measured figures that the frame shows and no frame before has shown.

        Raises:
            OSError: writing failed. The file ends with the previous frame.
        """
        frame = self._shown
        self._shown += 1
        self._marks += markers_between(self._moment, moment)
        self._moment = moment
        if self._caption is not None:
            for key in keys:
                self._caption.press(frame, key)
        if self._unseen is not None and self.paused:
            self._unseen += [KeyPress(frame - self._paused_at, key) for key in keys]
            self._note_unseen(frame - self._paused_at, figures)
            return
        events = self._resumed(frame)
        now_us = self._time_us(frame)
        events += [CastEvent(now_us, "i", sequence_of(key)) for key in keys]
        if self.paused:
            self._unseen, self._paused_at = [], frame
            self._note_unseen(0, figures)
        else:
            events += [CastEvent(now_us, "k", self._encoder.data(figure)) for figure in figures]
            events = self._picture(picture, frame, styles, events)
        try:
            self.writer.write(events)
        except OSError:
            self._failed = True
            raise

    def _resumed(self, frame: int) -> list[CastEvent]:
        """The events of a pause that has ended with this frame; none if there was no pause."""
        if self._unseen is None:
            return []
        frames, now_us = frame - self._paused_at, self._time_us(self._paused_at)
        events = [CastEvent(now_us, "p", unseen_data(frames, self._unseen))]
        events += [
            CastEvent(now_us, "k", self._encoder.data(figure, after))
            for after, figure in self._unseen_figures
        ]
        self._passed += frames
        self._unseen = None
        self._unseen_figures = []
        self._before = None
        return events

    def _note_unseen(self, after: int, figures: Sequence[Figure]) -> None:
        """Keep the figures of an unrecorded frame. Of the host lane, only the newest state is needed."""
        for figure in figures:
            if isinstance(figure, HostLaneSeen):
                self._unseen_figures = [
                    entry for entry in self._unseen_figures if not isinstance(entry[1], HostLaneSeen)
                ]
            self._unseen_figures.append((after, figure))

    def _picture(
        self, picture: TerminalPicture, frame: int, styles: CaptionStyles, events: list[CastEvent]
    ) -> list[CastEvent]:
        """The events of a frame with its picture and its markers."""
        now_us = self._time_us(frame)
        if self._caption is not None:
            row = self._caption.row(frame, picture.width, styles)
            picture = replace(picture, rows=(*picture.rows, row))
        size = (picture.width, picture.height)
        if size != self._size:
            events.insert(0, CastEvent(now_us, "r", f"{picture.width}x{picture.height}"))
            self._size, self._before = size, None
        if self._before is None:
            events.append(CastEvent(now_us, "o", encoder.whole(picture)))
        elif written := encoder.changes(self._before, picture):
            events.append(CastEvent(now_us, "o", written))
        self._before = picture
        events += [CastEvent(now_us, "m", label) for label in self._marks]
        self._marks.clear()
        return events

    def _time_us(self, frame: int) -> int:
        return time_us_of(frame - self._passed, self._rate)

    def close(self) -> None:
        """Finish the recording with a line at the time of its last frame, which shows the cursor again.

        Raises:
            OSError: writing failed.
        """
        try:
            if not self._failed:
                end_us = max(self.writer.last_us, self.recorded_us)
                self.writer.write([CastEvent(end_us, "o", encoder.ending(self._size[1]))])
        finally:
            self.writer.close()
