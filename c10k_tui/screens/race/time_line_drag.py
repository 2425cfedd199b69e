"""The mouse on the race screen's time line: the race goes to the time under the mouse.

While a button is held down, the mouse reports more places than frames can show. So the latest place waits
for the next frame, and each frame seeks once at most.
"""

from __future__ import annotations

from collections.abc import Callable

from c10k_tui.session.session import Session


class TimeLineDrag:
    """Seeks to the place at which the mouse points on the time line.

    Args:
        session: The race and its pace.
        changed: Shows a change at once.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session = session
        self._changed = changed
        self._wanted_ns: int | None = None
        """Virtual time in ns under the mouse, not sought yet; None if there is nothing to seek."""

    def point_at(self, at_ns: int, *, held: bool) -> None:
        """Pause, and go to a virtual time (ns): in the next frame while the button is held down, else at
        once.
        """
        self._session.travel.stop()
        self._wanted_ns = at_ns
        if not held:
            self.seek()

    def seek(self) -> None:
        """Go to the wanted time, if there is one and the race is not there already."""
        wanted_ns, self._wanted_ns = self._wanted_ns, None
        race = self._session.race
        if wanted_ns is not None and min(wanted_ns, race.end_ns) != race.now_ns:
            self._session.travel.pause_at(wanted_ns)
            self._changed()
