"""A table of named values to which an entry can be added: the lanes, and the words for them.

Iterating gives the names in the order in which the entries were added, as with a dictionary.

Why not a plain dictionary: an entry knows its own name, so the key cannot differ from it, and adding a second
entry of the same name is an error instead of a silent replacement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar


class Named(Protocol):
    """A value that has a name."""

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Mapping[str, Entry]):
    """Entries by their names.

    Args:
        entries: the first entries, in order.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Add an entry after the others.

        Raises:
            ValueError: there is an entry of that name.
        """
        if entry.name in self._entries:
            raise ValueError(f"{entry.name!r} is registered already")
        self._entries[entry.name] = entry

    def remove(self, name: str) -> None:
        """Remove an entry.

        Raises:
            KeyError: there is no entry of that name.
        """
        del self._entries[name]

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
