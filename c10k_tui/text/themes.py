"""The colours of the three themes.

The states have the colours of Okabe and Ito, moved to the nearest colours of a 256-colour terminal:
orange for the scan, blue for data, never red against green. All greys have equal parts of red, green and
blue. So all states can be told apart without truecolor, and by a colour-blind reader. The theme ``c10k-ansi``
uses the terminal's own sixteen colours and its own background.

The colours of lanes are defined with the words of lanes (:mod:`c10k_tui.text.lanes`).

Each colour is a theme variable ``c10k-<use>``. :class:`~c10k_tui.text.palette.Palette` makes styles from
them, and the style sheet uses them for borders.
"""

from __future__ import annotations

from textual.theme import Theme

from c10k_tui.text.lanes import LANE_TEXTS

_DARK = {
    "c10k-text": "#bcbcbc",
    "c10k-strong": "#eeeeee",
    "c10k-dim": "#808080",
    "c10k-idle": "#4e4e4e",
    "c10k-frame": "#3a3a3a",
    # Filled cells of a grid, at rest: a connection, and a connection whose own task sleeps.
    "c10k-cell": "#1c1c1c",
    "c10k-asleep": "#3a3a3a",
    "c10k-held": "#0087af",
    "c10k-base": "#121212",
    "c10k-raised": "#1c1c1c",
    # The scan: brightest at the front, darker behind it.
    "c10k-front": "#ffffd7",
    "c10k-heat-4": "#ffd75f",
    "c10k-heat-3": "#ffaf00",
    "c10k-heat-2": "#d78700",
    "c10k-heat-1": "#875f00",
    "c10k-glow-4": "#af5f00",
    "c10k-glow-3": "#875f00",
    "c10k-glow-2": "#5f5f00",
    "c10k-glow-1": "#303030",
    # Data: white when it arrives, then blue until the server reads it.
    "c10k-arrived": "#ffffff",
    "c10k-ready": "#5fafff",
    "c10k-read": "#87ffd7",
    "c10k-well": "#00005f",
    "c10k-cursor": "#ff87ff",
    "c10k-alarm": "#ff5f5f",
    # CPU time by account, and the words on it.
    "c10k-cpu-scan": "#ffaf00",
    "c10k-cpu-hooks": "#d75f00",
    "c10k-cpu-calls": "#d7d787",
    "c10k-cpu-copies": "#d787af",
    "c10k-cpu-switch": "#8787af",
    "c10k-cpu-loop": "#5fd7af",
    "c10k-cpu-interrupt": "#bcbcbc",
    "c10k-cpu-serving": "#5fafff",
    "c10k-busy": "#9e9e9e",
    "c10k-cpu-idle": "#262626",
    "c10k-on-fill": "#121212",
    "c10k-on-idle": "#8a8a8a",
}

_LIGHT = {
    "c10k-text": "#3a3a3a",
    "c10k-strong": "#080808",
    "c10k-dim": "#6c6c6c",
    "c10k-idle": "#b2b2b2",
    "c10k-frame": "#bcbcbc",
    "c10k-cell": "#eeeeee",
    "c10k-asleep": "#d0d0d0",
    "c10k-held": "#5fafd7",
    "c10k-base": "#ffffff",
    "c10k-raised": "#eeeeee",
    "c10k-front": "#5f0000",
    "c10k-heat-4": "#af5f00",
    "c10k-heat-3": "#d78700",
    "c10k-heat-2": "#ffaf00",
    "c10k-heat-1": "#ffd787",
    "c10k-glow-4": "#ffaf00",
    "c10k-glow-3": "#ffaf5f",
    "c10k-glow-2": "#ffd787",
    "c10k-glow-1": "#ffffd7",
    "c10k-arrived": "#000000",
    "c10k-ready": "#005fd7",
    "c10k-read": "#00875f",
    "c10k-well": "#afd7ff",
    "c10k-cursor": "#d700af",
    "c10k-alarm": "#d70000",
    "c10k-cpu-scan": "#ffaf00",
    "c10k-cpu-hooks": "#ff875f",
    "c10k-cpu-calls": "#d7d75f",
    "c10k-cpu-copies": "#ffafd7",
    "c10k-cpu-switch": "#afafff",
    "c10k-cpu-loop": "#5fd7af",
    "c10k-cpu-interrupt": "#bcbcbc",
    "c10k-cpu-serving": "#5fafff",
    "c10k-busy": "#767676",
    "c10k-cpu-idle": "#e4e4e4",
    "c10k-on-fill": "#080808",
    "c10k-on-idle": "#6c6c6c",
}

_ANSI = {
    "c10k-text": "ansi_default",
    "c10k-strong": "ansi_default",
    "c10k-dim": "ansi_bright_black",
    "c10k-idle": "ansi_bright_black",
    "c10k-frame": "ansi_bright_black",
    "c10k-cell": "ansi_default",
    "c10k-asleep": "ansi_default",
    "c10k-held": "ansi_cyan",
    "c10k-base": "ansi_default",
    "c10k-raised": "ansi_default",
    "c10k-front": "ansi_red",
    "c10k-heat-4": "ansi_yellow",
    "c10k-heat-3": "ansi_yellow",
    "c10k-heat-2": "ansi_yellow",
    "c10k-heat-1": "ansi_yellow",
    "c10k-glow-4": "ansi_yellow",
    "c10k-glow-3": "ansi_yellow",
    "c10k-glow-2": "ansi_default",
    "c10k-glow-1": "ansi_default",
    "c10k-arrived": "ansi_default",
    "c10k-ready": "ansi_blue",
    "c10k-read": "ansi_cyan",
    "c10k-well": "ansi_default",
    "c10k-cursor": "ansi_magenta",
    "c10k-alarm": "ansi_red",
    "c10k-cpu-scan": "ansi_yellow",
    "c10k-cpu-hooks": "ansi_red",
    "c10k-cpu-calls": "ansi_green",
    "c10k-cpu-copies": "ansi_magenta",
    "c10k-cpu-switch": "ansi_cyan",
    "c10k-cpu-loop": "ansi_bright_green",
    "c10k-cpu-interrupt": "ansi_white",
    "c10k-cpu-serving": "ansi_bright_blue",
    "c10k-busy": "ansi_white",
    "c10k-cpu-idle": "ansi_default",
    "c10k-on-fill": "ansi_black",
    "c10k-on-idle": "ansi_default",
}


def dark() -> dict[str, str]:
    """The variables of the dark theme."""
    return _DARK | {f"c10k-{name}": text.colours.dark for name, text in LANE_TEXTS.items()}


def light() -> dict[str, str]:
    """The variables of the light theme."""
    return _LIGHT | {f"c10k-{name}": text.colours.light for name, text in LANE_TEXTS.items()}


def ansi() -> dict[str, str]:
    """The variables of the theme in the terminal's own sixteen colours."""
    return _ANSI | {f"c10k-{name}": text.colours.ansi for name, text in LANE_TEXTS.items()}


def themes() -> tuple[Theme, ...]:
    """The themes; the program starts with the first, which is dark."""
    return (
        Theme(
            name="c10k-dark",
            primary="#5fafff",
            secondary="#ffaf00",
            warning="#ffaf00",
            error="#ff5f5f",
            success="#87ffd7",
            accent="#ffaf00",
            foreground="#bcbcbc",
            background="#121212",
            surface="#121212",
            panel="#1c1c1c",
            dark=True,
            variables=dark(),
        ),
        Theme(
            name="c10k-light",
            primary="#005faf",
            secondary="#af5f00",
            warning="#af5f00",
            error="#d70000",
            success="#00875f",
            accent="#af5f00",
            foreground="#3a3a3a",
            background="#ffffff",
            surface="#ffffff",
            panel="#eeeeee",
            dark=False,
            variables=light(),
        ),
        Theme(
            name="c10k-ansi",
            ansi=True,
            primary="ansi_blue",
            secondary="ansi_yellow",
            warning="ansi_yellow",
            error="ansi_red",
            success="ansi_cyan",
            accent="ansi_yellow",
            foreground="ansi_default",
            background="ansi_default",
            surface="ansi_default",
            panel="ansi_default",
            boost="ansi_default",
            dark=True,
            variables={
                **ansi(),
                "ansi-background": "ansi_black",
                "ansi-foreground": "ansi_white",
                "border-blurred": "ansi_bright_black",
                "block-cursor-foreground": "ansi_black",
                "block-cursor-background": "ansi_white",
                "input-cursor-background": "ansi_black",
                "input-cursor-foreground": "ansi_bright_white",
                "input-cursor-text-style": "none",
                "input-selection-background": "ansi_bright_blue",
                "input-selection-foreground": "ansi_black",
                "screen-selection-background": "ansi_bright_blue",
                "screen-selection-foreground": "ansi_black",
            },
        ),
    )
