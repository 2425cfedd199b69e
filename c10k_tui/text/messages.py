"""Messages in the reader's language: English, or Korean from a gettext catalogue.

A message is one whole English sentence with named places, so that a translator can put the words into another
order. English needs no catalogue: the message is its own text. The language is set once, when a command
starts; it is a property of the process, as in gettext itself. Why not pass a translator along: every view
would carry it, and two languages never share one screen.

Korean particles follow the sound before them (select는, epoll은). A translation writes the particle as the
format of its place, ``{lane:은}``, and :func:`with_particle` chooses between the two forms.

Constants of modules are made before the language is known. They are marked by :func:`N_` and translated where
they are shown.
"""

from __future__ import annotations

import gettext as catalogues
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter

from c10k_tui.text.korean import PARTICLES, with_particle
from sim.scenario.messages import N_, Message, message_of

__all__ = [
    "LANGUAGES",
    "N_",
    "_",
    "current_language",
    "language_of",
    "message_of",
    "ngettext",
    "set_language",
]

LANGUAGES = ("en", "ko")
"""The languages of the program; English first."""
DOMAIN = "c10k_tui"
CATALOGUES = Path(__file__).parent.parent / "locale"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


class _Current:
    """The language of this process."""

    language = LANGUAGES[0]
    catalogue: catalogues.NullTranslations = catalogues.NullTranslations()


def set_language(language: str) -> None:
    """Show all later messages in this language.

    Args:
        language: One of :data:`LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there is no language {language!r}")
    _Current.language = language
    _Current.catalogue = (
        catalogues.NullTranslations()
        if language == LANGUAGES[0]
        else catalogues.translation(DOMAIN, CATALOGUES, [language])
    )


def use_catalogue(catalogue: catalogues.NullTranslations) -> None:
    """Take messages from this catalogue; the tests use it for a language of their own."""
    _Current.catalogue = catalogue


def template_of(message: str) -> str:
    """A message in the reader's language, its places not filled in."""
    return _Current.catalogue.gettext(message)


def current_language() -> str:
    """The language of this process, one of :data:`LANGUAGES`."""
    return _Current.language


def language_of(environment: Mapping[str, str]) -> str:
    """The language that a locale asks for: the first of LC_ALL, LC_MESSAGES and LANG that is set decides."""
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    language = re.split(r"[_.@-]", locale)[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


def _(message: Message | str, **fields: object) -> str:
    """A message in the reader's language.

    Args:
        message: The English text; or a :class:`~sim.scenario.messages.Message`, which carries its own values.
        fields: Values for the named places. Values that are messages are translated too.
    """
    if isinstance(message, Message):
        fields = {**message.fields, **fields}
        message = message.template
    if not message:
        return ""
    text = _Current.catalogue.gettext(message)
    return filled(text, fields) if fields else text


def ngettext(one: str, many: str, count: int, **fields: object) -> str:
    """A message about ``count`` things; the count fills the place ``count``."""
    return filled(_Current.catalogue.ngettext(one, many, count), {"count": count, **fields})


def filled(text: str, fields: Mapping[str, object]) -> str:
    """A translated text with its values; a value whose format is a particle gets that particle."""
    particles = _particles(text)
    values = {name: _(value) if isinstance(value, Message) else value for name, value in fields.items()}
    for name in particles:
        values[name] = _Named(values[name])
    return text.format(**values)


@lru_cache(maxsize=4_096)
def _particles(text: str) -> frozenset[str]:
    """The names of the places whose format is a particle."""
    return frozenset(name for _, name, form, _ in Formatter().parse(text) if name and form in PARTICLES)


class _Named(str):
    """A value with a particle behind it."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        return with_particle(str(self), form) if form in PARTICLES else super().__format__(form)
