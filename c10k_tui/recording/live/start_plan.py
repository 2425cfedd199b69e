"""The recording or replay for which the app is started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from c10k_tui.recording.cast.replay import Replay


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """A recording, a replay, or neither. With neither, the caller runs the app frame by frame.

    Attributes:
        path: The file to record to; None for no recording.
        force: True to overwrite that file.
        title: The recording's title.
        caption: True to show the pressed keys in a row below the picture.
        cast_version: Version of asciicast, 2 or 3.
        replay: The recording to replay; None for no replay.
        at_frame: The first frame of the replay that is shown at its own pace.
        paused: True to pause the replay at that frame.
    """

    path: Path | None = None
    force: bool = False
    title: str = ""
    caption: bool = False
    cast_version: int = 2
    replay: Replay | None = None
    at_frame: int = 0
    paused: bool = False
