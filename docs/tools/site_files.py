"""A hook of MkDocs: adds the files outside ``docs/`` to which the pages link.

Pages are read in two places: on the built site and in a plain file view of the repository. A link such as
``../screenshots/race.svg`` works only in the second. The hook adds the pictures, the change log and the guide
for contributors to the site, and changes the links there to the added files. So the same link works in both
places, and MkDocs checks it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
PAGES = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages at the top of the repository, with their paths on the site."""


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pictures and the pages from outside ``docs/``."""
    for path in sorted((ROOT / "screenshots").iterdir()):
        files.append(File.generated(config, f"screenshots/{path.name}", abs_src_path=str(path)))
    for source, target in PAGES.items():
        files.append(File.generated(config, target, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """Change links that leave ``docs/`` so that they lead to the files added by :func:`on_files`."""
    up = page.file.src_uri.count("/")
    if page.file.src_uri in PAGES.values():
        return re.sub(r"\]\(docs/", "](", markdown)
    for source, target in PAGES.items():
        markdown = markdown.replace(f"]({'../' * (up + 1)}{source}", f"]({'../' * up}{target}")
    return markdown.replace(f"]({'../' * (up + 1)}screenshots/", f"]({'../' * up}screenshots/")
