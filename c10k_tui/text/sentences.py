"""Messages as styled lines: one whole sentence, whose words and values may have roles.

Why not a line put together from translated pieces: the order of the pieces would be that of English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from c10k_tui.text.korean import PARTICLES, with_particle
from c10k_tui.text.messages import filled, template_of
from c10k_tui.text.styled_text import Line, Span, merged
from sim.scenario.messages import Message

_TAGS = re.compile(r"\*|</?([a-z][a-z0-9_-]*)>|(\{[^{}]+\})")


def sentence(message: Message | str, **fields: object) -> Line:
    """A message as a styled line.

    In the message, ``*words*`` are strong, and ``<role>words</role>`` have a role. A value is a text, a
    number, a span, or a whole line; a span and a line keep their roles.
    """
    if isinstance(message, Message):
        fields = {**message.fields, **fields}
        message = message.template
    return _line(template_of(message), fields)


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
        return ((filled(place, fields), role),)
    line: Line = (value,) if isinstance(value[0] if value else None, str) else value
    if form not in PARTICLES:
        return line
    words = "".join(words for words, _role in line)
    return (*line, (with_particle(words, form)[len(words) :], role))


def _plain(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")
