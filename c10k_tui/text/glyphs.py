"""The glyphs of the race, in one place.

Only block, braille and box-drawing characters and a few signs of Latin-1, all one cell wide in
every terminal: a grid whose columns drift is worse than a plain one. Every state of a descriptor
has a glyph of its own, so that the picture stands without colour.
"""

from __future__ import annotations

IDLE = "·"
"""A connection that says nothing."""
READY = "▄"
"""Unread bytes lie in its receive buffer: half filled."""
READ = "▀"
"""The server has just read it: the buffer empties."""
ARRIVED = "█"
"""A packet has just arrived."""
HEAT = ("░", "▒", "▓", "▓")
"""Checked a while ago … a moment ago."""
FRONT = "▌"
"""Where the scan is now."""
COMPLETED = "▟"
"""What came is in the program's own buffer; it has not answered yet."""
BLOCKED = "┊"
"""A task of its own sleeps at it, thin as a thread."""
RUNNABLE = "┃"
"""Its task could run, and waits for the CPU."""
RUNNING = "»"
"""Its task has the CPU."""
RAN = ("▎", "▍", "▋", "▋")
"""Its task ran a while ago … a moment ago."""
STRUCK = "!"
"""The descriptor at which a fault has struck last."""

ARROW = "→"
TIMES = "×"
OVER = "÷"
BAR = "│"
FULL = "█"
PLAY = "▶"
BACK = "◀"
PAUSE = "▌▌"
ELLIPSIS = "…"

POSITION = "●"
"""On the time line: where the race is."""
DONE = "━"
AHEAD = "─"
"""Time before that, and time that comes after it."""
ELSEWHERE = "╌"
"""The future that was left for this one."""
CHANGED = "▲"
DROPPED = "▼"
FORK = "┬"
"""Another branch parts here."""
LEFT = "┴"
"""This branch left another one here."""

BRAILLE_BASE = 0x2800
BRAILLE_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bits of a braille cell by column and row, top first."""
