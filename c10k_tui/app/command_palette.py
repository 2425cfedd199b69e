"""Textual's command palette, with two changes that the program needs."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette, SearchIcon


class C10KCommandPalette(CommandPalette):
    """Textual's palette without the emoji. It ignores paging keys while its list has no height.

    A list without height has no lines to page over, and Textual's list raises ``KeyError`` then.
    """

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = "/"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "command_list":
            return any(found.size.height for found in self.query(CommandList))
        return super().check_action(action, parameters)
