"""The keys that record a race (start and end, pause, marker), and the interface of a recording to the race
screen.

The recorder runs the whole app frame by frame, so it stands above the screens. The race screen knows only
:class:`RecordingKeys`; the app passes in an object that has its members.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.binding import Binding

from c10k_tui.session.measured_figures import Figure, MeasuredFigures
from c10k_tui.text.messages import N_, _

RECORDING_BINDINGS: list[Binding] = [
    Binding(
        "r",
        "record",
        N_("Record"),
        id="record.toggle",
        tooltip=N_("Record from here into the next free c10k-tui-N.cast, or end the recording"),
    ),
    Binding(
        "R",
        "pause_recording",
        N_("Pause the recording"),
        id="record.pause",
        show=False,
        tooltip=N_("Let the race go on unrecorded for a while; again: record on without a jump"),
    ),
    Binding(
        "M",
        "mark",
        N_("Mark this moment"),
        id="record.mark",
        show=False,
        tooltip=N_("Put a marker into the recording (changes of fds and presets get one by themselves)"),
    ),
]


class RecordingKeys(Protocol):
    """The members of the recording that the race screen needs."""

    @property
    def stepping(self) -> bool:
        """True while a recording or a replay runs the app frame by frame."""

    @property
    def figures(self) -> MeasuredFigures:
        """The place that measured figures come from."""

    def record_key(self) -> None:
        """Start a recording, or end the current one."""

    def pause_key(self) -> None:
        """Stop taking frames into the recording, or take them again."""

    def mark_key(self) -> None:
        """Put a marker into the recording."""


def refused_figures(
    recording: RecordingKeys, say: Callable[[str], None], kind: type[Figure], what: str
) -> bool:
    """Refuse a key whose effect is a measured figure, if there can be none, and show a notice.

    Args:
        recording: The recording.
        say: Shows a notice.
        kind: The kind of figure.
        what: Words for the refused action.

    Returns:
        True if the key was refused.
    """
    refused = recording.figures.refuses(kind)
    if refused:
        say(_("{what} is not recorded: it would not come out the same again", what=what))
    return refused
