"""HTML: the recording is in the page and is no markup; nothing is loaded. ``make renderers`` plays it."""

import base64
import json
import re
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.pictures import html
from c10k_tui.recording.pictures.export import export
from c10k_tui.recording.pictures.glyph_masks import mask
from tests.support.drawn_pictures import recording_of

WHOLE = "\x1b[?25l\x1b[0m\x1b[H\x1b[2J"
EVENTS = [
    (0.0, "o", f"{WHOLE}<b>a\u0301 漢</script>"),
    (0.5, "i", "<"),
    (0.5, "m", "</script><!-- mark"),
    (1.0, "r", "30x6"),
    (1.0, "o", f"{WHOLE}\x1b[1mbold ▒⣿"),
]


class Elements(HTMLParser):
    """The tags of a page with their attributes, and the text of each script by its id."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self._script = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._script = dict(attrs).get("id", "player") if tag == "script" else None

    def handle_endtag(self, tag):
        self._script = None

    def handle_data(self, data):
        if self._script:
            self.scripts[self._script] = self.scripts.get(self._script, "") + data


@pytest.fixture
def page(tmp_path):
    recording = recording_of(tmp_path, EVENTS)
    export(recording, tmp_path / "a.html", "html")
    return recording, Elements((tmp_path / "a.html").read_text(encoding="utf-8"))


def test_the_recording_can_be_taken_out_of_the_page_again(page, tmp_path):
    recording, elements = page
    path = tmp_path / "again.cast"
    path.write_text(elements.scripts["cast"].lstrip("\n"), encoding="utf-8")
    assert read(path) == recording


def test_text_of_a_recording_is_never_markup_and_nothing_is_loaded(page):
    _, elements = page
    assert list(elements.scripts) == ["setting", "cast", "player"]
    assert "b" not in {tag for tag, _ in elements.tags}
    links = [
        value
        for _, attributes in elements.tags
        for name, value in attributes.items()
        if name in ("src", "href")
    ]
    assert [link[:22] for link in links] == ["data:image/png;base64,"]
    policies = [attributes["content"] for _, attributes in elements.tags if "http-equiv" in attributes]
    assert policies == [
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
    ]
    assert not re.search(r"https?:|fetch\(|XMLHttp|import", elements.scripts["player"])


def test_the_player_gets_every_glyph_and_the_largest_size(page):
    _, elements = page
    setting = json.loads(elements.scripts["setting"])
    assert (setting["columns"], setting["rows"]) == (20, 4)
    assert (setting["most_columns"], setting["most_rows"]) == (30, 6)
    assert (setting["wide"], setting["zero"]) == (["漢"], ["\u0301"])
    (source,) = (attributes["src"] for tag, attributes in elements.tags if tag == "img")
    sheet = np.asarray(Image.open(BytesIO(base64.b64decode(source.partition(",")[2]))))
    for number, (glyph, bold) in enumerate(setting["glyphs"]):
        row, column = divmod(number, setting["glyphs_a_row"])
        drawn = sheet[row * 32 : row * 32 + 32, column * 16 : column * 16 + 16]
        assert np.abs(drawn - mask(glyph, bold, 16, 32) * 255).max() <= 0.5
    assert {("a\u0301", False), ("漢", False), ("", False), ("▒", True)} <= {
        (glyph, bold) for glyph, bold in setting["glyphs"]
    }


def test_what_a_page_cannot_hold_is_refused(tmp_path, monkeypatch):
    recording = recording_of(tmp_path, EVENTS)
    monkeypatch.setattr(html, "MOST_GLYPHS", 3)
    with pytest.raises(CastError, match=r"different glyphs; a page can hold at most 3"):
        export(recording, tmp_path / "a.html", "html")
    monkeypatch.setattr(html, "MOST_GLYPHS", 4_000)
    monkeypatch.setattr(html, "MOST_BYTES", 100)
    with pytest.raises(CastError, match=r"a page can hold at most"):
        export(recording, tmp_path / "a.html", "html")
    foreign = recording_of(tmp_path, [(0.0, "o", "1\n2\n3\n4\n5")])
    with pytest.raises(CastError, match="text that scrolls"):
        export(foreign, tmp_path / "a.html", "html")
    assert not (tmp_path / "a.html").exists()
