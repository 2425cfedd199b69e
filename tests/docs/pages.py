"""The README and the pages of the documentation as the tests read them: each file is read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GENERATED = re.compile(r"^<!-- (\w+: \w+) -->\n.*?^<!-- end of \1 -->$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def written(self) -> str:
        """The text without the generated tables."""
        return GENERATED.sub("", self.text)

    @cached_property
    def prose(self) -> str:
        """The text without generated tables and without code blocks."""
        return re.sub(r"^ {4}.*$", "", FENCE.sub("", self.written), flags=re.MULTILINE)

    def blocks(self, language: str) -> list[str]:
        """The fenced code blocks in a language."""
        return [body for name, body in FENCE.findall(self.text) if name == language]

    @cached_property
    def commands(self) -> list[str]:
        """The command lines shown, without the prompt's word and the comment."""
        lines = "\n".join(self.blocks("sh"))
        return [line.strip() for line in re.findall(r"^c10k-tui\b(.*?)(?:\s#.*)?$", lines, re.MULTILINE)]

    @cached_property
    def codes(self) -> set[str]:
        """Everything between backticks in running text and tables."""
        return set(re.findall(r"`([^`\n]+)`", self.prose))

    @cached_property
    def links(self) -> list[str]:
        """Targets of links and pictures that are not on the web."""
        found = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", self.text))
        return [target for target in found if "://" not in target]

    @cached_property
    def anchors(self) -> set[str]:
        """The anchors of the headings, as both GitHub and MkDocs make them."""
        titles = re.findall(r"^#+ (.+)$", FENCE.sub("", self.text), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}


README = Page(ROOT / "README.md")
PAGES = [
    README,
    Page(ROOT / "CONTRIBUTING.md"),
    Page(ROOT / "CHANGELOG.md"),
    *(Page(path) for path in sorted((ROOT / "docs").rglob("*.md"))),
]
