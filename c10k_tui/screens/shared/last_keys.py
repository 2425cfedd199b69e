"""The last keys of every screen about the race: theme, help, quit."""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.text.messages import N_


def last_bindings(screen: str) -> list[Binding]:
    """Bindings for theme, help and quit.

    Args:
        screen: Prefix of their ids.
    """
    return [
        Binding(
            "t",
            "app.next_theme",
            N_("Next theme"),
            id=f"{screen}.theme",
            show=False,
            tooltip=N_("Dark, light, the terminal's own"),
        ),
        Binding(
            "question_mark,f1",
            "help",
            N_("Help"),
            key_display="?",
            id=f"{screen}.help",
            tooltip=N_("Every key"),
        ),
        Binding(
            "q", "app.quit", N_("Quit"), id=f"{screen}.quit", tooltip=N_("Leave, and print the scenario")
        ),
    ]
