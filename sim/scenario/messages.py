"""Texts of the simulator that a screen or a command shows, in a form that can be translated.

The simulator speaks English and knows no other language. A text without values is a plain constant, marked by
:func:`N_` so that the translator's catalogue lists it. A text with values is a :class:`Message`: it keeps its
template and its values, and :mod:`c10k_tui.text.messages` translates the template and fills in the values
again. Why not translate here: the language belongs to the reader's terminal, and a race knows no terminal.
"""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 (gettext's name)
    """The text itself; the mark puts it into the catalogue."""
    return text


class Message(str):
    """An English text made from a template and values.

    Attributes:
        template: The text with named places, as for :meth:`str.format`.
        fields: The values by name. A value may be a message too.
    """

    __slots__ = ("fields", "template")
    template: str
    fields: dict[str, object]

    def __new__(cls, template: str, **fields: object) -> Message:
        """Fill in the values."""
        message = super().__new__(cls, template.format(**fields) if fields else template)
        message.template = template
        message.fields = fields
        return message


def message_of(error: Exception) -> str:
    """The text of an error; still a :class:`Message` if it was made from one."""
    return error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
