"""Names the kind of a file that is not an asciicast, and the way to make one of it.

A reader that only says "no asciicast" leaves its user alone: the file may be a recording that was compressed,
saved by an editor in another encoding, written by an old asciinema, or laid out over several lines. So the
first bytes of the file are compared with what such files begin with. Nothing here makes a file readable; the
user's own tools do that better.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import BinaryIO

HEAD_BYTES = 4_096
"""Bytes at the beginning of a file by which its kind is recognized."""
LARGEST_JSON_BYTES = 16_000_000
"""Size up to which a file is parsed as one JSON value, to find the version in it."""

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "it is compressed with gzip; decompress it first (gunzip)"),
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd; decompress it first (unzstd)"),
    (b"\xfd7zXZ\x00", "it is compressed with xz; decompress it first (unxz)"),
    (b"BZh", "it is compressed with bzip2; decompress it first (bunzip2)"),
    (b"\x04\x22\x4d\x18", "it is compressed with lz4; decompress it first (unlz4)"),
    (b"PK\x03\x04", "it is a zip archive; unpack it first (unzip)"),
    (b"\x89PNG", "it is a picture (PNG), not a recording; name the .cast file"),
    (b"GIF8", "it is a picture (GIF), not a recording; name the .cast file"),
    (codecs.BOM_UTF32_LE, "it is UTF-32 text; save it as UTF-8"),
    (codecs.BOM_UTF16_LE, "it is UTF-16 text; save it as UTF-8"),
    (codecs.BOM_UTF16_BE, "it is UTF-16 text; save it as UTF-8"),
)
"""First bytes of files, and what to say of each. UTF-32 stands before UTF-16, whose mark it begins with."""
_VERSION = re.compile(rb'"version"\s*:\s*([0-9]+)\s*[,}]')


def version_words(version: str) -> str:
    """Words for an asciicast of a version that cannot be read."""
    words = f"it is an asciicast of version {version}; only versions 2 and 3 can be read"
    return f"{words} (asciinema convert makes one of version 3)" if version == "1" else words


def why_not_text(head: bytes) -> str | None:
    """The kind of a file that is not UTF-8 text, in one line; None if its first bytes show none.

    Args:
        head: The first :data:`HEAD_BYTES` of the file.
    """
    for beginning, words in _BEGINNINGS:
        if head.startswith(beginning):
            return words
    if head.startswith((b"{\x00", b"\x00{")):
        return "it is UTF-16 text; save it as UTF-8"
    if head.startswith((b"{\x00\x00\x00", b"\x00\x00\x00{", codecs.BOM_UTF32_BE)):
        return "it is UTF-32 text; save it as UTF-8"
    return None


def why_no_header(file: BinaryIO, head: bytes) -> str:
    """Words for a text file whose first line is not the header of an asciicast.

    Args:
        file: The file, read again from its beginning.
        head: The first :data:`HEAD_BYTES` of the file.
    """
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start[:9].lower().startswith((b"<!doctype", b"<html")):
        return "it is an HTML page; download the recording itself (asciinema.org: add .cast to its address)"
    if not start.startswith(b"{"):
        return "it does not begin with the header of an asciicast"
    version, whole = _version_in(file, start)
    if version not in ("2", "3"):
        return (
            "it does not begin with the header of an asciicast" if version is None else version_words(version)
        )
    if not whole:
        return "its first line, the header, is cut off or not valid JSON"
    if b"\r" in start and b"\n" not in start:
        return "its lines end with CR alone; make them end with LF"
    return "its header is not in one line; write each value in a line of its own (jq -c . FILE)"


def _version_in(file: BinaryIO, start: bytes) -> tuple[str | None, bool]:
    """The version in the JSON object at the beginning, or None; and True if the object is complete."""
    file.seek(0)
    text = file.read(LARGEST_JSON_BYTES).decode(errors="replace").lstrip("\ufeff \t\r\n")
    try:
        data, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        found = _VERSION.search(start)
        return (found[1].decode()[:4] if found else None), False
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, bool) or not isinstance(version, int):
        return None, True
    return str(version)[:4], True
