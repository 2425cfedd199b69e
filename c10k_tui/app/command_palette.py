"""Textual's command palette, with two changes that the program needs."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette, SearchIcon


class Commands(CommandPalette):
    """Textual's palette without its emoji, which ignores paging while its list has no height.

    A list without a height has no lines to page over; Textual's list raises ``KeyError`` then.
    """

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = "/"

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).size.height:
            super()._action_command_list(action)
