"""The command palette, hardened: any key at any moment and at any size of the terminal."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette, SearchIcon


class Commands(CommandPalette):
    """Textual's palette without its emoji, and deaf to paging before there is a page.

    A list that has no height yet, or no longer, knows no lines to page over: asked to, it raises
    ``KeyError``.
    """

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = "/"

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).size.height:
            super()._action_command_list(action)
