"""The language of a command: that of the locale, or of ``--lang``; what programs read is English."""

import pytest

from c10k_tui.cli.language import language_for
from c10k_tui.cli.main import main
from c10k_tui.cli.options import UsageError
from c10k_tui.text.messages import set_language

KOREAN = {"LANG": "ko_KR.UTF-8"}


@pytest.fixture(autouse=True)
def _english_again():
    yield
    set_language("en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        (KOREAN, "ko"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ko_KR", "LANG": "en_US"}, "ko"),
        ({"LC_ALL": "C", "LANG": "ko_KR"}, "en"),
        ({"LC_ALL": "", "LANG": "ko_KR"}, "ko"),
    ],
)
def test_the_locale_decides_without_an_option(environment, language):
    assert language_for(["--fds", "100"], environment) == language


@pytest.mark.parametrize(
    "words",
    [
        ["record", "a.cast"],
        ["replay", "a.cast"],
        ["export", "a.cast", "a.gif"],
        ["run", "--json"],
        ["bench", "--csv"],
    ],
)
def test_recordings_and_data_are_english_unless_asked(words):
    assert language_for(words, KOREAN) == "en"
    assert language_for([*words, "--lang", "ko"], {}) == "ko"
    assert language_for([*words, "--lang=ko"], {}) == "ko"


def test_the_words_of_a_watched_script_are_its_own():
    assert language_for(["watch", "a.py", "--lang", "ko"], {}) == "en"
    assert language_for(["watch", "--lang", "ko", "a.py"], {}) == "ko"


@pytest.mark.parametrize("words", [["--lang", "de"], ["--lang"], ["run", "--lang="]])
def test_another_language_is_an_error_in_one_line(words, capsys):
    with pytest.raises(UsageError, match="--lang must be en or ko"):
        language_for(words, {})
    assert main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1
