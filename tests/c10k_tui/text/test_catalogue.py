"""The Korean catalogue has every message of the code, no other, and its compiled form is up to date."""

import gettext
import re
from string import Formatter

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from c10k_tui.text.korean import PARTICLES
from c10k_tui.text.messages import CATALOGUES, DOMAIN, filled

FOLDER = CATALOGUES / "ko" / "LC_MESSAGES"
ROOT = CATALOGUES.parent.parent
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "sentence": None, "Message": None}


@pytest.fixture(scope="module")
def translations():
    with (FOLDER / f"{DOMAIN}.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


def messages_of_code():
    found = set()
    for folder in ("sim", "c10k_tui"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            if "text.messages import" not in text and "scenario.messages import" not in text:
                continue
            found |= {text for _, text, _, _ in extract_from_file("python", str(path), keywords=KEYWORDS)}
    return found


def fields_of(text):
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


def test_it_has_the_messages_of_the_code_and_no_others(translations):
    code = messages_of_code()
    assert code - set(translations) == set(), "run make messages, and translate"
    assert set(translations) - code == set(), "run make messages"


def test_every_message_is_translated(translations):
    assert [text for text, translated in translations.items() if not translated] == []


def test_a_translation_has_the_places_of_its_message_and_may_add_particles(translations):
    for text, translated in translations.items():
        known = fields_of(text)
        for name, spec in fields_of(translated):
            assert (name, spec) in known or ((name, "") in known and spec in PARTICLES), (text, translated)


def test_a_translation_keeps_the_blanks_at_the_ends(translations):
    for text, translated in translations.items():
        if text.endswith(" ") and translated.strip("\u2060"):
            assert translated.endswith(" "), text


def test_each_particle_stands_behind_a_place(translations):
    for text in translations.values():
        assert not re.search(r"[은는이가을를]\([은는이가을를]\)", text)
        assert "당신" not in text


def test_the_compiled_catalogue_is_that_of_the_text(translations):
    with (FOLDER / f"{DOMAIN}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {text: compiled.gettext(text) for text in translations} == translations


def test_a_value_gets_the_particle_that_follows_its_reading():
    assert filled("{lane:은} {fd:을}", {"lane": "select", "fd": "fd 3"}) == "select는 fd 3을"
    assert filled("{lane:은} {count:이}", {"lane": "epoll", "count": "10,000"}) == "epoll은 10,000이"
