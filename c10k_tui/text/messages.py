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
from c10k_tui.text.styled_text import Line, Span, merged
from sim.scenario.messages import N_, Message, message_of

__all__ = [
    "LANGUAGES",
    "N_",
    "_",
    "current_language",
    "language_of",
    "message_of",
    "ngettext",
    "sentence",
    "set_language",
]

LANGUAGES = ("en", "ko")
"""The languages of the program; English first."""
DOMAIN = "c10k_tui"
CATALOGUES = Path(__file__).parent.parent / "locale"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_TAGS = re.compile(r"\*|</?([a-z][a-z0-9_-]*)>|(\{[^{}]+\})")


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
    return _filled(text, fields) if fields else text


def ngettext(one: str, many: str, count: int, **fields: object) -> str:
    """A message about ``count`` things; the count fills the place ``count``."""
    return _filled(_Current.catalogue.ngettext(one, many, count), {"count": count, **fields})


def sentence(message: Message | str, **fields: object) -> Line:
    """A message as a styled line.

    In the message, ``*words*`` are strong, and ``<role>words</role>`` have a role. A value is a text, a
    number, a span, or a whole line; a span and a line keep their roles.
    """
    if isinstance(message, Message):
        fields = {**message.fields, **fields}
        message = message.template
    return _line(_Current.catalogue.gettext(message), fields)


def _line(text: str, fields: Mapping[str, object]) -> Line:
    spans: list[Span] = []
    roles = ["text"]
    at = 0
    for tag in _TAGS.finditer(text):
        spans.append((_plain(text[at : tag.start()]), roles[-1]))
        at = tag.end()
        if tag[0] == "*":
            roles.pop() if roles[-1] == "strong" else roles.append("strong")
        elif tag[2]:
            spans += _placed(tag[2], fields, roles[-1])
        elif tag[0].startswith("</"):
            roles.pop()
        else:
            roles.append(tag[1])
    return merged((*spans, (_plain(text[at:]), roles[-1])))


def _placed(place: str, fields: Mapping[str, object], role: str) -> Line:
    """A named place, filled in."""
    name, _, form = place[1:-1].partition(":")
    value = fields.get(name)
    if not isinstance(value, tuple):
        return ((_filled(place, fields), role),)
    line: Line = (value,) if isinstance(value[0] if value else None, str) else value
    if form not in PARTICLES:
        return line
    words = "".join(words for words, _ in line)
    return (*line, (with_particle(words, form)[len(words) :], role))


def _plain(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _filled(text: str, fields: Mapping[str, object]) -> str:
    """The text with its values; a value whose format is a particle gets that particle."""
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
