"""A box with all presets: ordinary races, and races in which a fault occurs soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from c10k_tui.screens.shared.box import Box
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import text_of, wrap
from c10k_tui.widgets.choice_list import ChoiceList
from sim.scenario.fault_presets import ALL_PRESETS, FAULT_PRESETS
from sim.scenario.scenario import PRESETS, Scenario

GROUPS = (
    (N_("Races"), tuple(PRESETS)),
    (N_("Mistakes one can watch"), tuple(FAULT_PRESETS)),
)
"""Pairs of a heading and the names of the presets below it."""
NAME_WIDTH = 2 + max(map(len, ALL_PRESETS))


class PresetsScreen(Box[str | None]):
    """The list of presets. The result is the chosen name; None if the user closes the box without a choice.

    Args:
        now: The current scenario. If it is a preset, the cursor starts on that preset.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,P,q",
            "dismiss(None)",
            N_("Never mind"),
            id="presets.cancel",
            tooltip=N_("Close without a change"),
        )
    ]

    def __init__(self, now: Scenario) -> None:
        super().__init__()
        self._now = now

    def compose(self) -> ComposeResult:
        box = ChoiceList(id="presets-box")
        box.border_title = _("presets")
        box.border_subtitle = _("↑ ↓ enter: start it · esc: never mind")
        yield box

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_resize(self, event: events.Resize) -> None:
        box = self.query_one(OptionList)
        chosen = self._chosen(box)
        box.clear_options()
        box.add_options(_options(box.size.width - 2))
        box.highlighted = box.get_option_index(chosen)

    def _chosen(self, box: OptionList) -> str:
        """Name of the preset under the cursor; without a cursor, the one that races now, else the first."""
        if box.highlighted is not None and (name := box.get_option_at_index(box.highlighted).id) is not None:
            return name
        return preset_of(self._now) or next(iter(ALL_PRESETS))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)


def preset_of(scenario: Scenario) -> str | None:
    """Name of the preset that equals the scenario apart from the seed; None if there is none."""
    same = (name for name, (_, one) in ALL_PRESETS.items() if replace(one, seed=scenario.seed) == scenario)
    return next(same, None)


def preset_text(name: str, width: int) -> Text:
    """A preset's name and description, on as many lines of ``width`` cells as needed."""
    about = _(ALL_PRESETS[name][0])
    lines = wrap(((about, "text"),), max(1, width - NAME_WIDTH), len(about))
    words = ("\n" + " " * NAME_WIDTH).join(map(text_of, lines))
    return Text.assemble((f" {name}".ljust(NAME_WIDTH), "bold"), words, no_wrap=True)


def _options(width: int) -> Iterator[Option | None]:
    """The rows of the list: headings, which cannot be chosen, and presets."""
    for number, (title, names) in enumerate(GROUPS):
        if number:
            yield None
        yield Option(Text(_(title), style="bold underline"), disabled=True)
        for name in names:
            yield Option(preset_text(name, width), id=name)
