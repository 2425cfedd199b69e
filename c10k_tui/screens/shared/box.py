"""A box over another screen: the base class of all boxes.

Two events may both close a box: a key and a click, or two clicks. When the second is handled, the box is no
longer the top screen, and Textual would remove the screen below it. So only the top screen can be left.
"""

from __future__ import annotations

from typing import Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


def is_on_top(screen: Screen[Any]) -> bool:
    """True if a screen is the top screen of its app. Only the top screen can be left."""
    stack = screen.app.screen_stack
    return bool(stack) and stack[-1] is screen


def no_screen_left() -> AwaitComplete:
    """The result of leaving a screen that is not on top."""
    nothing: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
    return nothing


class Box(ModalScreen[Result]):
    """A screen that covers a part of another screen, until it is left with a result."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the box with a result. Nothing happens if it has been left already."""
        return super().dismiss(result) if is_on_top(self) else no_screen_left()
