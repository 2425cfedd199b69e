"""Bytes on the wire: the screen on a terminal that reads at a limited speed, 120 by 36.

At each speed, the race runs for some seconds at the default pace. Then every box is opened and left in turn,
and other keys are pressed; the time from each key to its effect on the terminal is measured. Without a limit,
the bytes of the race, of each box over the running race, of the cost curve and of a change of the theme are
counted too. A silent terminal does not answer questions, as a simple program that reads a pseudo-terminal.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field

from benchmarks import terminal
from benchmarks.report import Figure

WARM_UP_S, WATCH_S, PATIENCE_S = 4.0, 6.0, 30.0
BOX_S = 3.0
"""Seconds for which a box stays open."""
REST_S = 0.4
ROUNDS = 3
FRAME_KB, BOX_KB = 20, 8
LATENCIES_S = {10_000: 2.0, 50_000: 0.5, 100_000: 0.5}
"""Largest time from a key to its effect by the bytes that the terminal reads in a second."""
ESCAPE = b"\x1b[27u"
"""The escape key in the kitty keyboard protocol; a lone ESC waits for what may follow it."""
BOXES = {"?": "c10k-tui ─", "L": "─ Lanes ─", "P": "─ presets ─", "n": "How many descriptors"}
"""The keys of the boxes, and words that only the open box shows."""
KEYS = (("+", "20,000 connections"), ("-", "10,000 connections"))


@dataclass
class Seen:
    """Figures of one run."""

    keys_s: list[float] = field(default_factory=list)
    """Times from a key to its effect."""
    kb_per_s: dict[str, float] = field(default_factory=dict)
    first_kb: dict[str, float] = field(default_factory=dict)
    """Size of the first frame after a key."""
    frames_per_s: float = 0.0
    largest_kb: float = 0.0


def run(bytes_per_s: float | None, *, silent: bool) -> Seen:
    """Use the screen on a terminal of this speed (None for no limit)."""
    screen = terminal.start(bytes_per_s=bytes_per_s, silent=silent)
    screen.look()
    seen = Seen()
    try:
        screen.wait_until_shown("help  q", PATIENCE_S)
        screen.watch(WARM_UP_S)
        begin = len(screen.output)
        seen.kb_per_s["race"] = _watch(screen, WATCH_S)
        seen.frames_per_s = screen.output.count(terminal.FRAME_END, begin) / WATCH_S
        for turn in range(ROUNDS):
            for key, words in BOXES.items():
                _press(screen, seen, key, words)
                if turn == 0:
                    seen.kb_per_s[key] = _watch(screen, BOX_S)
                _press(screen, seen, ESCAPE, words, leaves=True)
            for key, words in KEYS:
                _press(screen, seen, key, words)
        _first(screen, seen, "t")
        for _ in range(2):
            screen.type(b"t")
            screen.watch(1.0)
        _first(screen, seen, "v")
        seen.kb_per_s["v"] = _watch(screen, BOX_S)
    finally:
        screen.close()
    seen.largest_kb = max(map(len, _frames(screen, 0))) / 1000
    return seen


def _watch(screen: terminal.Terminal, seconds: float) -> float:
    """Read for some seconds. Returns kB in a second."""
    begin, begin_s = len(screen.output), time.monotonic()
    screen.watch(seconds)
    return (len(screen.output) - begin) / (time.monotonic() - begin_s) / 1000


def _press(
    screen: terminal.Terminal, seen: Seen, key: str | bytes, words: str, *, leaves: bool = False
) -> None:
    """Press a key, and wait until its effect is shown: words appear, or a box with these words is gone."""
    begin = len(screen.output)
    screen.type(key if isinstance(key, bytes) else key.encode())
    seen.keys_s.append(screen.wait_for(lambda _: screen.shows(words) != leaves, PATIENCE_S))
    if isinstance(key, str):
        screen.watch(0.1)
        seen.first_kb.setdefault(key, max(map(len, _frames(screen, begin)), default=0) / 1000)
    screen.watch(REST_S + len(seen.keys_s) % 7 * 0.03)


def _first(screen: terminal.Terminal, seen: Seen, key: str) -> None:
    """Press a key, and note its largest frame."""
    begin = len(screen.output)
    screen.type(key.encode())
    screen.watch(2.0)
    seen.first_kb[key] = max(map(len, _frames(screen, begin)), default=0) / 1000


def _frames(screen: terminal.Terminal, begin: int) -> list[bytes]:
    return bytes(screen.output[begin:]).split(terminal.FRAME_BEGIN)[1:]


def figures() -> list[Figure]:
    """The screen on fast and slow terminals, with and without answers."""
    found = []
    for silent in (False, True):
        for limit in (None, 100_000, 50_000, 10_000):
            seen = run(limit, silent=silent)
            name = "no limit" if limit is None else f"{limit // 1000} kB/s"
            name += ", silent" if silent else ""
            if limit is None and not silent:
                found += [
                    Figure(f"{what} (kB/s): {name}", value, "kB/s", note="over the running race")
                    for what, value in seen.kb_per_s.items()
                ]
                found += [
                    Figure(f"first frame of {key}", value, "kB", BOX_KB if key in BOXES else FRAME_KB)
                    for key, value in seen.first_kb.items()
                ]
            keys_s = sorted(seen.keys_s)
            latency_s = None if limit is None else LATENCIES_S[limit]
            found += [
                Figure(f"largest frame: {name}", seen.largest_kb, "kB", FRAME_KB),
                Figure(f"frames a second: {name}", seen.frames_per_s, ""),
                Figure(f"key to effect, p50: {name}", statistics.median(keys_s), "s", latency_s),
                Figure(
                    f"key to effect, p95: {name}", keys_s[-(-95 * len(keys_s) // 100) - 1], "s", latency_s
                ),
                Figure(f"key to effect, longest: {name}", keys_s[-1], "s", note=f"{len(keys_s)} keys"),
            ]
    return found
