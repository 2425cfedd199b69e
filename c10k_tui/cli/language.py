"""The language of a command: ``--lang``, or that of the locale.

Output that another program reads is English, whatever the locale is: JSON, CSV, and the commands about
recordings, whose bytes must not depend on the machine. They heed ``--lang``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from c10k_tui.cli.options import UsageError
from c10k_tui.text.messages import LANGUAGES, language_of

_SAME_EVERYWHERE = ("record", "replay", "export")
"""Commands that do not heed the locale."""
_FOR_PROGRAMS = ("--json", "--csv")
"""Options whose output does not heed the locale."""
_OPTION = "--lang"


def language_for(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language for a command line.

    Args:
        words: The words after ``c10k-tui``.
        environment: The variables of the process.

    Raises:
        UsageError: ``--lang`` names another language.
    """
    own = _words_of_command(words)
    for place, word in enumerate(own):
        name, equals, value = word.partition("=")
        if name == _OPTION:
            chosen = value if equals else own[place + 1] if place + 1 < len(own) else ""
            if chosen not in LANGUAGES:
                raise UsageError(f"--lang must be {' or '.join(LANGUAGES)}, not {chosen!r}")
            return chosen
    if own and (own[0] in _SAME_EVERYWHERE or any(word in _FOR_PROGRAMS for word in own)):
        return LANGUAGES[0]
    return language_of(environment)


def _words_of_command(words: Sequence[str]) -> Sequence[str]:
    """The words up to those that a watched script gets."""
    if words and words[0] == "watch":
        script = next((place for place, word in enumerate(words) if word.endswith(".py")), len(words))
        return words[: script + 1]
    return words
