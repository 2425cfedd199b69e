"""The row of keys at the bottom, made from the bindings. A click on a key presses it.

It is one widget that draws a line. Why not Textual's footer: it has one widget for each key, which delays the
first frame by a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.binding import Binding

from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.lines import Lines

FooterItem = tuple[list[Binding], str]
"""Bindings shown together, and the words for their effect."""


def items_of(bindings: Sequence[Binding]) -> list[FooterItem]:
    """The shown bindings; bindings of one group form one item."""
    items: list[FooterItem] = []
    for binding in bindings:
        if not binding.show:
            continue
        if binding.group is None:
            items.append(([binding], _(binding.description).lower()))
        elif items and items[-1][0][0].group is binding.group:
            items[-1][0].append(binding)
        else:
            items.append(([binding], _(binding.group.description)))
    return items


def key_of(binding: Binding) -> str:
    """The key of a binding, as it is written on the screen."""
    return binding.key_display or binding.key.split(",")[0]


class KeyFooter(Lines):
    """One line of keys.

    Args:
        bindings: The bindings; bindings without ``show`` do not appear.
    """

    def __init__(self, bindings: Sequence[Binding], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._items = items_of(bindings)
        self._targets: list[tuple[int, int, Binding]] = []

    def on_resize(self) -> None:
        """Show as many keys as fit. The last two (help, quit) are always shown."""
        items = list(self._items)
        while len(items) > 3 and _width(items) > self.size.width:
            del items[-3]
        self._targets.clear()
        spans: list[tuple[str, str]] = []
        x = 0
        for bindings, words in items:
            for binding in bindings:
                text = f" {key_of(binding)} "
                self._targets.append((x, x + len(text), binding))
                spans.append((text, "key"))
                x += len(text)
            start, end = self._targets[-1][0], x + cell_len(words) + 2
            self._targets[-1] = (start, end, bindings[-1])
            spans.append((f" {words} ", "label"))
            x = end
        line: Line = (*spans, (" " * max(0, self.size.width - x), "label"))
        self.show([line])

    async def on_click(self, event: events.Click) -> None:
        for start, end, binding in self._targets:
            if start <= event.x < end:
                await self.screen.run_action(binding.action)
                return


def _width(items: Sequence[FooterItem]) -> int:
    return sum(cell_len(words) + 2 + sum(len(key_of(key)) + 2 for key in keys) for keys, words in items)
