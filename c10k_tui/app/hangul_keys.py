"""Keys typed while a Korean input method is on, as the keys on which they stand.

A Korean keyboard has the Latin and the Hangul letters on the same keys (the layout 두벌식): ``q`` is ㅂ,
``w`` is ㅈ. With the input method on, a terminal sends ㅂ, or a whole syllable once several keys have
made one: 가 is ㄱ and ㅏ, so ``r`` and ``k``. Every letter acts as the unshifted key on which it stands.
ㅃ needs shift, but some input methods make it of ㅂ pressed twice, so it is ``q`` as well. Actions on
capital letters are in the command palette.

Why not ask the user to switch: a key that does nothing looks like a program that hangs. A field for text
keeps what is typed.
"""

from __future__ import annotations

from unicodedata import normalize

from textual import events

from c10k_tui import textual_internals

_LETTERS = dict(
    zip(
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        "qwertyuiopasdfghjklzxcvbnmqwertop",
        strict=True,
    )
)
_PAIRS = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
"""Letters that take two keys."""
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_CONJOINING = {
    **{chr(0x1100 + place): letter for place, letter in enumerate(_INITIALS)},
    **{chr(0x1161 + place): letter for place, letter in enumerate(_VOWELS)},
    **{chr(0x11A8 + place): letter for place, letter in enumerate(_FINALS)},
}
"""Letters as parts of a syllable, to the same letters alone."""


def keys_of(text: str) -> str:
    """The Latin letters on whose keys a text in Hangul is typed; empty if it is no Hangul."""
    letters = [_CONJOINING.get(part, part) for part in normalize("NFD", text)]
    single = [one for letter in letters for one in _PAIRS.get(letter, letter)]
    return "".join(_LETTERS[one] for one in single) if all(one in _LETTERS for one in single) else ""


def latin_keys(event: events.Event) -> list[events.Key]:
    """The presses for which a press with Hangul stands; empty for every other event."""
    if not isinstance(event, events.Key) or not event.character or event.character.isascii():
        return []
    return [events.Key(textual_internals.key_name(key), key) for key in keys_of(event.character)]
