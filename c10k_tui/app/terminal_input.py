"""Characters that a terminal sends, as messages. No input can end the app.

Textual's parser fails on some reports, such as a size of 0×0 followed by a click. The rest of such a read is
dropped, and a new parser takes the next one.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator

from textual.message import Message

from c10k_tui import textual_internals


class TerminalInput:
    """Turns the bytes that a terminal sends into messages. Bytes that are not UTF-8 become signs for that."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._parser = textual_internals.terminal_input_parser()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages of one read."""
        try:
            yield from self._parser.feed(self._decoder.decode(data))
        except Exception:
            self._parser = textual_internals.terminal_input_parser()

    def tick(self) -> Iterator[Message]:
        """The message of an unfinished sequence, such as a lone ``ESC``, after its time."""
        try:
            yield from self._parser.tick()
        except Exception:
            self._parser = textual_internals.terminal_input_parser()
