"""Writes the page of the public names of ``sim``: each with its signature and the first sentence about it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import sim
from docs.tools.markdown import first_paragraph, table

MOST_PARAMETERS = 12
"""Largest number of parameters that are shown; a longer list is left out."""
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_MODULES = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")
"""The path before a class in an annotation."""


def api_page() -> str:
    """All names of ``sim.__all__`` as Markdown, classes with their members."""
    return "\n".join(_entry(name, getattr(sim, name)) for name in sorted(sim.__all__))


def _entry(name: str, value: Any) -> str:
    """One public name."""
    if inspect.isfunction(value):
        return f"### {name}\n\n```text\n{name}{_signature(value)}\n```\n\n{_sentence(value)}\n"
    if not inspect.isclass(value):
        return f"### {name}\n\n`{_shown(value)}`\n"
    head = "" if issubclass(value, Exception) else f"```text\n{name}{_signature(value)}\n```\n\n"
    lines = [f"### {name}", "", f"{head}{_sentence(value)}", ""]
    if rows := [(f"`{head}`", words) for head, words in _members(value)]:
        lines += [table(("member", "what it is"), rows)]
    return "\n".join(lines)


def _members(kind: type) -> Iterator[tuple[str, str]]:
    """Public members of the class itself, and the raw calls of its base classes."""
    homes = [home for home in kind.__mro__ if home.__module__.startswith("sim.")]
    names = {
        name: home
        for home in reversed(homes)
        for name in vars(home)
        if name.startswith("sys_") or (home is kind and not name.startswith("_"))
    }
    for name, home in sorted(names.items()):
        member = vars(home)[name]
        if isinstance(member, property | cached_property):
            yield name, _sentence(member)
        elif callable(member) or isinstance(member, staticmethod | classmethod):
            function = getattr(member, "__func__", member)
            yield f"{name}{_signature(function)}", _sentence(function)


def _signature(value: Any) -> str:
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "()"
    if len(signature.parameters) > MOST_PARAMETERS:
        return "(…)"
    kept = [_brief(parameter) for parameter in signature.parameters.values() if parameter.name != "self"]
    result = _Bare(signature.return_annotation)
    text = str(signature.replace(parameters=kept, return_annotation=result))
    text = _MODULES.sub("", _ADDRESS.sub("", text)).replace("Ellipsis", "…")
    return re.sub(r" -> (None|_empty)$", "", text)


class _Bare:
    """An annotation that is shown without quotes."""

    def __init__(self, annotation: object) -> None:
        self._text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)

    def __repr__(self) -> str:
        return self._text


def _brief(parameter: inspect.Parameter) -> inspect.Parameter:
    """A parameter as it is shown: a large default as an ellipsis, no quotes round an annotation."""
    if parameter.annotation is not inspect.Parameter.empty:
        parameter = parameter.replace(annotation=_Bare(parameter.annotation))
    large = parameter.default is not inspect.Parameter.empty and len(repr(parameter.default)) > 40
    return parameter.replace(default=...) if large else parameter


def _sentence(value: Any) -> str:
    """The first paragraph about a name, without a reference to further text."""
    return re.sub(r": `\w+`\.$", ".", first_paragraph(inspect.getdoc(value) or ""))


def _shown(value: Any) -> str:
    return _ADDRESS.sub("", repr(value))
