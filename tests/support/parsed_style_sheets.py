"""Parsed style sheets, shared by all apps of a test run.

Textual parses the same style sheets again for each app, twice at its start. The result depends only on the
sheet, its place, and the theme's variables, and it never changes. Parsing each sheet once for each theme
saves about a sixth of the time of every test with a screen.
"""

from __future__ import annotations

from typing import Any

from textual.css.stylesheet import Stylesheet

from tests.support.known_studies import StandIn


def shared_style_sheets() -> list[StandIn]:
    """A stand-in that parses a style sheet only once for each set of variables."""
    parse, known = Stylesheet._parse_rules, {}

    def parse_once(sheet: Stylesheet, *given: Any, **named: Any) -> Any:
        key = (given, tuple(named.items()), tuple(sheet._variables.items()))
        if key not in known:
            known[key] = parse(sheet, *given, **named)
        return known[key]

    return [(Stylesheet, "_parse_rules", parse_once)]
