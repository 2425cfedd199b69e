"""Korean particles after names that are not written in Hangul.

A particle has two forms, one after a vowel and one after a consonant. Which one follows a name depends on how
Korean programmers read it: ``select`` ends in a vowel (셀렉트), ``epoll`` in a consonant (이폴).
A name that ends in a digit is read as a number, one in capitals letter by letter. Why not write both forms,
은(는): that is how forms are filled in, not how people write.
"""

from __future__ import annotations

from collections.abc import Mapping

PARTICLES: dict[str, tuple[str, str]] = {
    form: pair
    for pair in (
        ("은", "는"),
        ("이", "가"),
        ("을", "를"),
        ("과", "와"),
        ("으로", "로"),
        ("이나", "나"),
        ("이라", "라"),
    )
    for form in pair
}
"""Each form of a particle, with the forms after a consonant and after a vowel."""

_READINGS = {"kernel": "널", "fd": "디"}
"""The last syllables of names as they are read."""
_DIGITS = "영일이삼사오육칠팔구"
_LETTERS = {"l": "엘", "m": "엠", "n": "엔", "r": "알"}
"""Letters whose names end in a consonant."""
_CONSONANT_ENDS = ("ng", "l", "m", "n", "k", "p", "b", "ck", "op", "ap")
"""Ends of English words that Korean reads with a consonant at the end."""
_FIRST, _LAST, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL = 8
"""The final consonant ㄹ, after which 로 stands and not 으로."""


def add_readings(readings: Mapping[str, str]) -> None:
    """Add the last syllables of names as they are read."""
    _READINGS.update(readings)


def with_particle(word: str, particle: str) -> str:
    """The word and its particle, in the form that follows the word's reading."""
    after_consonant, after_vowel = PARTICLES[particle]
    final = _final(word)
    if after_vowel == "로" and final == _RIEUL:
        return word + after_vowel
    return word + (after_consonant if final else after_vowel)


def _final(word: str) -> int:
    """The number of the final consonant of the word's reading; 0 for a vowel."""
    core = word.rstrip(" )]\"'’”.…")
    if not core:
        return 0
    read = _READINGS.get(core.lower().rpartition(" ")[2], core)
    last = read[-1]
    if _FIRST <= ord(last) <= _LAST:
        return (ord(last) - _FIRST) % _FINALS
    if last.isdigit():
        return _final_of_number(core)
    if last.isascii() and last.isalpha():
        if core[-2:].isupper() or len(core) == 1 or not core[-2].isalpha():
            return _syllable_final(_LETTERS.get(last.lower(), "가"))
        if core.lower().endswith(_CONSONANT_ENDS):
            return _RIEUL if last.lower() == "l" else 1
    return 0


def _final_of_number(word: str) -> int:
    """The final consonant of a number: 10 is 십, 100 is 백, 1,000 is 천, 10,000 is 만."""
    digits = "".join(sign for sign in word if sign.isdigit())
    zeros = len(digits) - len(digits.rstrip("0"))
    if "." in word or zeros == 0 or zeros == len(digits):
        return _syllable_final(_DIGITS[int(digits[-1])])
    return _syllable_final("십백천만"[min(zeros, 4) - 1] if zeros < 8 else "억")


def _syllable_final(syllable: str) -> int:
    return (ord(syllable) - _FIRST) % _FINALS
