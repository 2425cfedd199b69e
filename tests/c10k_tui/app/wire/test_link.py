"""The pace of the link, on a clock and a wire of our own: no test waits."""

from collections import deque

import pytest

from c10k_tui.app.wire.link import ASK, CAPACITY, LOST_S, MOST_LOST, Link

TICK_S = 1 / 30


class Wire:
    """A terminal's buffer, and a reader that takes so many bytes a second, and answers or not."""

    def __init__(self, bytes_per_s, *, answers, delay_s=0.0):
        self.now_s = 0.0
        self.link = Link(lambda: self.now_s)
        self._rate = bytes_per_s
        self._answers = answers
        self._delay_s = delay_s
        self._waiting = 0.0
        self._written = self._read = 0.0
        self._queries: deque[tuple[float, int]] = deque()
        self._replies: deque[float] = deque()
        self._rest: deque[tuple[int, int]] = deque()
        self.longest_s = 0.0
        self.frames = 0

    def run(self, seconds, frame_bytes):
        """Offer a frame at each tick, as the screen does."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self._advance(TICK_S)
            if self.link.is_free:
                text = self.link.framed("x" * frame_bytes)
                if text.startswith(ASK):
                    self._rest.append((len(ASK), 1))
                    text = text.removeprefix(ASK)
                self._rest.append((len(text), 1))
                self.frames += 1
            self._write()
            self.longest_s = max(self.longest_s, self.backlog_s)

    @property
    def backlog_s(self):
        """Seconds until a key's effect that is sent now is read."""
        return (self._written - self._read + sum(size for size, _ in self._rest)) / self._rate

    def _advance(self, seconds):
        self.now_s += seconds
        self._read = min(self._written, self._read + self._rate * seconds)
        while self._queries and self._queries[0][0] <= self._read:
            _, count = self._queries.popleft()
            self._replies += [self.now_s + self._delay_s] * count
        while self._answers and self._replies and self._replies[0] <= self.now_s:
            self._replies.popleft()
            self.link.answered()

    def _write(self):
        while self._rest:
            size, asks = self._rest.popleft()
            room = CAPACITY - (self._written - self._read)
            taken = min(size, int(room))
            full = room < 1
            if taken > 0:
                self._written += taken
                self.link.written(taken, full or taken < size)
            if taken < size:
                self._rest.appendleft((size - max(0, taken), asks))
                return
            self._queries.append((self._written, asks))


@pytest.mark.parametrize("frame_bytes", [400, 2_000, 6_000])
@pytest.mark.parametrize("rate", [10_000, 50_000, 100_000])
def test_a_terminal_that_answers_has_at_most_two_frames_on_the_way(rate, frame_bytes):
    wire = Wire(rate, answers=True)
    wire.run(20, frame_bytes)
    assert wire.longest_s <= 2 * (frame_bytes + 8) / rate + TICK_S
    assert wire.frames * frame_bytes >= 0.5 * min(rate, 30 * frame_bytes) * 20


def test_a_fast_terminal_far_away_gets_every_frame():
    wire = Wire(1_000_000, answers=True, delay_s=0.3)
    wire.run(20, 500)
    assert wire.frames >= 0.9 * 20 / TICK_S


def test_a_silent_fast_terminal_gets_every_frame():
    wire = Wire(50_000, answers=False)
    wire.run(20, 500)
    assert wire.frames >= 0.99 * 20 / TICK_S


@pytest.mark.parametrize("frame_bytes", [600, 2_000])
def test_the_speed_of_a_silent_slow_terminal_is_learnt_from_its_full_buffer(frame_bytes):
    wire = Wire(10_000, answers=False)
    wire.run(20, frame_bytes)
    assert wire.longest_s >= 2, "the buffer was full once"
    wire.longest_s, frames = 0.0, wire.frames
    wire.run(30, frame_bytes)
    assert wire.longest_s <= 1.0
    assert (wire.frames - frames) * frame_bytes >= 0.4 * 10_000 * 30


def test_lost_answers_do_not_stop_the_screen():
    now_s = 0.0
    link = Link(lambda: now_s)
    link.written(len(link.framed("")), False)
    link.answered()
    link.answered()
    for _ in range(MOST_LOST):
        size = len(link.framed("x"))
        link.written(size, False)
        now_s += LOST_S + 1
        assert link.is_free
    assert not link.answers
