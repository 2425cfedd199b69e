"""The keys of the numeric keypad as the keys that they stand for.

A terminal that speaks kitty's keyboard protocol tells the ``+`` of the keypad from the ``+`` of the letters.
Textual turns these into ``add`` and ``plus``. No key of this program is bound to the keypad alone, so each of
its keys becomes the plain key: on the screen, in a recording and in a replay. The digits and ``enter`` of the
keypad have plain names already.
"""

from __future__ import annotations

from textual import events

from c10k_tui import textual_internals

KEYPAD = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "decimal": ".",
    "equal": "=",
    "separator": ",",
}
"""Textual's names of the keypad's keys, and the character of each if the terminal sends none. A terminal
sends one if the layout has another, such as a comma for ``decimal``.
"""


def make_plain(event: events.Event) -> None:
    """Turn the press of a key of the keypad into that of the plain key; leave every other event as it is."""
    if not isinstance(event, events.Key):
        return
    character = KEYPAD.get(event.key.removeprefix("shift+"))
    if character is None:
        return
    if event.is_printable and event.character is not None:
        character = event.character
    event.key = textual_internals.key_name(character)
    event.character = character
