"""Roles as terminal styles of the current theme.

Widgets that draw lines share one palette, made once for each theme from the theme's variables. Why not the
style sheet: computing fifty styles in each widget would delay the first frame too much.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.color import Color

from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.themes import dark

_CPU = ("scan", "hooks", "calls", "copies", "switch", "loop", "interrupt", "serving")
"""Accounts drawn as filled blocks with words on them."""

_ROLES: dict[str, tuple[str, str, str]] = {
    # role: (foreground variable, background variable, attributes)
    "text": ("text", "base", ""),
    "strong": ("strong", "base", "bold"),
    "dim": ("dim", "base", ""),
    "frame": ("frame", "base", ""),
    "title": ("select", "on-fill", "bold reverse"),
    "key": ("strong", "raised", "bold"),
    "label": ("dim", "raised", ""),
    "bar": ("text", "raised", ""),
    "alarm": ("alarm", "base", "bold"),
    "notice": ("read", "on-fill", "bold reverse"),
    "wasted": ("heat-3", "base", "bold"),
    "rule": ("cursor", "base", ""),
    "good": ("read", "base", "bold"),
    "idle": ("idle", "base", ""),
    "front": ("front", "base", "bold"),
    "heat-1": ("heat-1", "base", ""),
    "heat-2": ("heat-2", "base", ""),
    "heat-3": ("heat-3", "base", ""),
    "heat-4": ("heat-4", "base", ""),
    "arrived": ("arrived", "base", "bold"),
    "ready": ("ready", "well", ""),
    "read": ("read", "base", ""),
    "completed": ("read", "well", ""),
    # Tasks: the colour of the scan's front while running; white when a packet has just woken them.
    "blocked": ("idle", "base", ""),
    "runnable": ("heat-4", "base", "bold"),
    "woken": ("arrived", "base", "bold reverse"),
    "running": ("front", "base", "bold reverse"),
    # A role seen by its background alone is reversed, so that it is visible without colours.
    "cursor": ("cursor", "on-fill", "bold reverse"),
    "struck": ("alarm", "on-fill", "bold reverse"),
    "running-now": ("select", "on-fill", "bold reverse"),
    "cpu-idle": ("on-idle", "cpu-idle", ""),
    "cpu-busy": ("busy", "on-fill", "reverse"),
} | {f"cpu-{name}": (f"cpu-{name}", "on-fill", "reverse") for name in _CPU}

for _fill in ("cell", "asleep", "held", "ready", "read", "arrived", "front"):
    _ROLES[f"fill-{_fill}"] = (_fill, "base", "")
for _level in range(1, 5):
    _ROLES[f"fill-heat-{_level}"] = (f"heat-{_level}", "base", "")
    _ROLES[f"ready-{_level}"] = ("ready", f"glow-{_level}", "")
    _ROLES[f"read-{_level}"] = ("read", f"glow-{_level}", "")
for _name in ("select", "poll", "epoll"):
    _ROLES[f"measured-{_name}"] = (_name, "on-fill", "bold reverse")
    _ROLES[f"published-{_name}"] = (_name, "base", "bold")
for _name in (*_CPU, "idle"):
    _ROLES[f"key-{_name}"] = (f"cpu-{_name}" if _name != "idle" else "dim", "base", "")


def _parts(role: str) -> tuple[str, str, str]:
    """The variables and attributes of a role; a lane's name is a role in the lane's colour."""
    return (role, "base", "bold") if role in LANE_TEXTS else _ROLES[role]


def colour_of(role: str, theme: Mapping[str, str]) -> str:
    """The text colour of a role in a theme."""
    return theme[f"c10k-{_parts(role)[0]}"]


class Palette:
    """The style of each role in one theme.

    Args:
        variables: The theme's variables; the dark theme supplies missing ones.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._colours = {
            name: Color.parse(variables.get(name, default)).rich_color for name, default in dark().items()
        }
        self._styles: dict[str, Style] = {}

    def __getitem__(self, role: str) -> Style:
        style = self._styles.get(role)
        if style is None:
            style = self._styles[role] = self._make(role)
        return style

    def on(self, background: str, foreground: str) -> Style:
        """The style with these colours of the theme, by their names."""
        key = f"{foreground} on {background}"
        style = self._styles.get(key)
        if style is None:
            colours = self._colours
            style = self._styles[key] = Style(
                color=colours[f"c10k-{foreground}"], bgcolor=colours[f"c10k-{background}"]
            )
        return style

    def _make(self, role: str) -> Style:
        foreground, background, attributes = _parts(role)
        return Style(
            color=self._colours[f"c10k-{foreground}"],
            bgcolor=self._colours[f"c10k-{background}"],
            bold="bold" in attributes or None,
            reverse="reverse" in attributes or None,
        )
