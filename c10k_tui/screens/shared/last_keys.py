"""The last keys of every screen about the race: theme, help, quit."""

from __future__ import annotations

from textual.binding import Binding


def last_bindings(screen: str) -> list[Binding]:
    """Bindings for theme, help and quit.

    Args:
        screen: Prefix of their ids.
    """
    return [
        Binding(
            "t",
            "app.next_theme",
            "Next theme",
            id=f"{screen}.theme",
            show=False,
            tooltip="Dark, light, the terminal's own",
        ),
        Binding(
            "question_mark,f1", "help", "Help", key_display="?", id=f"{screen}.help", tooltip="Every key"
        ),
        Binding("q", "app.quit", "Quit", id=f"{screen}.quit", tooltip="Leave, and print the scenario"),
    ]
