"""The glyphs of the screens.

They are block, braille and box-drawing characters and a few signs of Latin-1, all one cell wide in every
terminal. Why not more expressive characters: some terminals draw them two cells wide, and then the grid's
columns shift. Each state of a descriptor has a glyph of its own, so the picture can be read without colour.
"""

from __future__ import annotations

IDLE = "·"
"""A connection without unread data."""
READY = "▄"
"""Unread bytes are in the receive buffer; half filled."""
READ = "▀"
"""The server has just read the data."""
ARRIVED = "█"
"""A packet has just arrived."""
HEAT = ("░", "▒", "▓", "▓")
"""Checked some time ago … just now."""
FRONT = "▌"
"""The current place of the scan."""
COMPLETED = "▟"
"""The data is in the program's buffer; the program has not answered yet."""
BLOCKED = "┊"
"""The connection's own task sleeps; thin as a thread."""
RUNNABLE = "┃"
"""The connection's task could run, and waits for the CPU."""
RUNNING = "»"
"""The connection's task has the CPU."""
RAN = ("▎", "▍", "▋", "▋")
"""The connection's task ran some time ago … just now."""
STRUCK = "!"
"""The descriptor at which a fault occurred last."""

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
"""The race's place on the time line."""
DONE = "━"
AHEAD = "─"
"""Time before and time after the race's place."""
ELSEWHERE = "╌"
"""The future that was left when this branch began."""
CHANGED = "▲"
DROPPED = "▼"
FORK = "┬"
"""Another branch begins here."""
LEFT = "┴"
"""This branch left another branch here."""

BRAILLE_BASE = 0x2800
BRAILLE_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bits of a braille character by column and row, from the top."""
