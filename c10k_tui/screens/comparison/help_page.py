"""The help of the comparison screen: the meaning of rows and columns, and every key."""

from __future__ import annotations

from c10k_tui.screens.comparison.keys import COMPARISON_BINDINGS
from c10k_tui.screens.comparison.words import legend_sentences
from c10k_tui.screens.shared.help_screen import HelpPage, key_section
from c10k_tui.text.messages import N_
from c10k_tui.text.styled_text import text_of

INTRODUCTION = (
    N_(
        "Every way of waiting at one size and one load. Each lane has a short race of its own, alone, on the "
        "same arrivals as the others; all figures are simulated, by the cost table named at the top right."
    ),
    *(text_of(sentence) for sentence in legend_sentences()),
)
COMPARISON_PAGE = HelpPage(INTRODUCTION, (key_section(COMPARISON_BINDINGS, N_("By name")),))
