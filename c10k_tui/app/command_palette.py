"""Textual's command palette, with three changes that the program needs."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette, SearchIcon

from c10k_tui.screens.shared.box import is_on_top, no_screen_left
from c10k_tui.widgets.choice_list import has_room


class C10KCommandPalette(CommandPalette):
    """Textual's palette without the emoji. It is left only once, and its list pages only if it has room.

    A list without room has no lines to page over, and Textual's list raises ``KeyError`` then.
    """

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = "/"

    def dismiss(self, result: None = None) -> AwaitComplete:
        return super().dismiss(result) if is_on_top(self) else no_screen_left()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "command_list":
            return any(map(has_room, self.query(CommandList)))
        return super().check_action(action, parameters)
