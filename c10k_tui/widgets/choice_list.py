"""A list of options for every size of the terminal."""

from __future__ import annotations

from textual.widgets import OptionList


class ChoiceList(OptionList):
    """Textual's list, without paging while it has no room for a line.

    A list without room has no lines to page over, and Textual's list raises ``KeyError`` then.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("page_up", "page_down"):
            return has_room(self)
        return super().check_action(action, parameters)


def has_room(options: OptionList) -> bool:
    """True if a list has room for at least one line."""
    return bool(options.scrollable_content_region)
