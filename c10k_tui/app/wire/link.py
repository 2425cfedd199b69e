"""The pace of the link to the terminal: when the next frame may be sent.

The program can write faster than a slow link carries. The rest waits in buffers: 20 kB in a pseudo-terminal
of Linux (drivers/tty/tty_buffer.c), more in the sockets of a remote shell. A key's effect waits behind all of
it. So a frame is sent only if the link is *free*, that is if the frames before it have arrived. A frame that
cannot be sent is left out: the next one shows everything that has changed since.

*A terminal that answers.* After each frame the terminal is asked for the position of its cursor (DSR 6,
VT100). The answer says that the frame has arrived. If nothing is on the way, another question is sent before
the frame: the delay of its answer is the round trip of the link. While answers come within the round trip,
further frames are sent without waiting: a link that is far away but fast shows every frame.

*A terminal that does not answer*, such as a program that reads a pseudo-terminal. The only sign of a slow
reader is a full buffer. At such a moment ``CAPACITY`` bytes wait. So if ``n`` bytes were sent in the last
``t`` seconds, the reader took at least ``(n - CAPACITY) / t`` bytes a second. The largest of these bounds is
taken as its speed. From then on the link counts the bytes that wait, and is free when hardly any are left. A
reader may become faster later. So after a while without a full buffer the speed is forgotten, and learnt
again.

Why not TIOCOUTQ, the number of bytes in the output queue: for a pseudo-terminal it is always 0. Why not a
fixed number of frames for slow links: nobody knows the link in advance.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

ASK = "\x1b[6n"
"""Asks the terminal for the position of its cursor."""
SLACK_S = 0.025
"""Seconds beyond the round trip that an answer may take while further frames are sent."""
MEMORY = 0.8
"""Weight of the past in the mean of the round trip."""
LOST_S = 4.0
"""Seconds after which an answer is not expected any more."""
MOST_LOST = 3
"""Answers lost in a row after which a terminal counts as one that does not answer."""
CAPACITY = 22_000
"""Bytes that wait in a pseudo-terminal whose buffer is full (22,048, measured on Linux 6.18)."""
REMEMBERED_S = 10.0
"""Seconds of the past from which the speed of a silent reader is learnt."""
LEAST_WINDOW_S = 0.3
SHARE = 0.9
"""Part of the learnt speed that is used, so that the buffer becomes empty."""
WAITING_S = 0.05
"""Seconds of output that may wait when the next frame is sent to a silent reader."""
LEAST_BYTES_PER_S = 500.0
FORGET_S = 60.0
"""Seconds without a full buffer after which the speed of a silent reader is forgotten; doubled each time."""


class _Asked(NamedTuple):
    """A question that waits for its answer."""

    at_s: float
    alone: bool
    """True if nothing was on the way before it."""


class _Written(NamedTuple):
    """A piece of output that the terminal's buffer has taken."""

    at_s: float
    size: int
    full: bool
    """True if the buffer was full before."""


class Link:
    """The link to the terminal.

    One thread calls :meth:`framed` and :meth:`is_free`. The threads for input and output call
    :meth:`answered` and :meth:`written`.

    Args:
        clock: Seconds on a clock that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._new: deque[_Written] = deque()
        """Pieces that the thread for output has written since the last look."""
        self._on_the_way = 0
        """Bytes that the thread for output has not written yet."""
        self._asked: deque[_Asked] = deque(maxlen=64)
        self.answers = False
        """True if the terminal answers."""
        self._lost = 0
        self._round_trip_s: float | None = None
        self._reader = _SilentReader()

    def entered(self) -> None:
        """Begin anew: the terminal has been entered, at the start or after a stop."""
        self._asked.clear()
        self._round_trip_s = None

    def framed(self, text: str) -> str:
        """Note that a frame is given to the thread for output.

        Args:
            text: The frame.

        Returns:
            The frame with its questions, as it must be written.
        """
        now_s = self._clock()
        alone = not self._asked
        if alone:
            self._asked.append(_Asked(now_s, alone=True))
        self._asked.append(_Asked(now_s, alone=False))
        framed = f"{ASK if alone else ''}{text}{ASK}"
        self._on_the_way += len(framed.encode())
        return framed

    def written(self, size: int, full: bool) -> None:
        """Note that the terminal's buffer has taken bytes.

        Args:
            size: The number of bytes.
            full: True if the buffer was full before.
        """
        self._new.append(_Written(self._clock(), size, full))

    def answered(self) -> None:
        """Note an answer of the terminal."""
        try:
            asked = self._asked.popleft()
        except IndexError:
            return  # an answer that came late
        if asked.alone:
            delay_s = self._clock() - asked.at_s
            known_s = self._round_trip_s
            if known_s is not None and delay_s > known_s:
                delay_s = MEMORY * known_s + (1 - MEMORY) * delay_s
            self._round_trip_s = delay_s
        self._lost = 0
        self.answers = True

    @property
    def is_waiting(self) -> bool:
        """True if an answer is still to come."""
        return self.answers and bool(self._asked)

    @property
    def is_free(self) -> bool:
        """True if the next frame may be sent now."""
        now_s = self._clock()
        while self._new:
            piece = self._new.popleft()
            self._on_the_way = max(0, self._on_the_way - piece.size)
            self._reader.wrote(piece)
        if self._on_the_way:
            return False
        if not self.answers:
            return self._reader.is_free(now_s)
        try:
            waited_s = now_s - self._asked[0].at_s
        except IndexError:
            return True
        if waited_s > LOST_S:
            self._lose()
            return True
        return waited_s < (self._round_trip_s or 0.0) + SLACK_S

    def _lose(self) -> None:
        self._asked.clear()
        self._lost += 1
        self.answers = self._lost < MOST_LOST


class _SilentReader:
    """The speed of a reader that does not answer, and the bytes that wait for it."""

    def __init__(self) -> None:
        self._pieces: deque[_Written] = deque()
        self._bytes_per_s: float | None = None
        """None while it is unknown; then every frame may be sent."""
        self._waiting = 0.0
        self._at_s = 0.0
        """Time for which the number of waiting bytes is known."""
        self._full_s = 0.0
        """Time of the last full buffer."""
        self._forget_s = FORGET_S

    def wrote(self, piece: _Written) -> None:
        """Take a piece of output into account."""
        pieces = self._pieces
        pieces.append(piece)
        while pieces[0].at_s < piece.at_s - REMEMBERED_S:
            pieces.popleft()
        if piece.full:
            self._learn(piece.at_s)
        elif self._bytes_per_s is not None:
            self._advance(piece.at_s)
            self._waiting += piece.size

    def _learn(self, now_s: float) -> None:
        """Learn the reader's speed: the buffer is full now."""
        best, sent = LEAST_BYTES_PER_S, 0
        for at_s, size, _ in reversed(self._pieces):
            sent += size
            if now_s - at_s >= LEAST_WINDOW_S:
                best = max(best, (sent - CAPACITY) / (now_s - at_s))
        self._bytes_per_s = best
        self._waiting, self._at_s, self._full_s = CAPACITY, now_s, now_s

    def _advance(self, now_s: float) -> None:
        assert self._bytes_per_s is not None
        read = SHARE * self._bytes_per_s * (now_s - self._at_s)
        self._waiting = max(0.0, self._waiting - read)
        self._at_s = now_s

    def is_free(self, now_s: float) -> bool:
        """True if hardly any bytes wait."""
        if self._bytes_per_s is None:
            return True
        if now_s - self._full_s > self._forget_s:
            self._bytes_per_s = None
            self._forget_s *= 2
            return True
        self._advance(now_s)
        return self._waiting <= SHARE * self._bytes_per_s * WAITING_S
