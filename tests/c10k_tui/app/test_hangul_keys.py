"""Keys typed while a Korean input method is on act as the unshifted keys on which they stand."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.widgets import Input

from c10k_tui.app.hangul_keys import keys_of, latin_keys
from c10k_tui.recording.live.stepper import key_of
from tests.support.paused_app import stand


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "qwertyuiop"),
        ("ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "asdfghjkl"),
        ("ㅋㅌㅊㅍㅠㅜㅡ", "zxcvbnm"),
        ("ㅃㅉㄸㄲㅆㅒㅖ", "qwertop"),
        ("가", "rk"),
        ("한글", "gksrmf"),
        ("닭", "ekfr"),
        ("왜", "dho"),
        ("\u1112\u1161\u11ab", "gks"),
        ("é", ""),
        ("漢", ""),
    ],
)
def test_each_letter_is_the_key_on_which_it_stands(typed, keys):
    assert keys_of(typed) == keys


def test_every_syllable_can_be_taken_apart():
    assert all(2 <= len(keys_of(chr(code))) <= 5 for code in range(0xAC00, 0xD7A4))


def test_other_keys_stay_as_they_are():
    for key in (events.Key("q", "q"), events.Key("up", None), events.Key("é", "é")):
        assert latin_keys(key) == []


async def test_they_act_on_the_race_and_stay_text_in_a_field():
    async with stand(paused=True) as it:

        async def typed(text):
            for event in XTermParser().feed(text):
                it.app.post_message(event)
            await it.settle()

        theme = it.app.theme
        await typed("ㅅ")
        assert it.app.theme != theme
        races = it.session.scenario.seed
        await typed("ㅌ")
        assert it.session.scenario.seed != races
        await typed("ㅜ")
        assert len(it.app.screen_stack) == 2
        field = it.app.screen.query_one("#number-input", Input)
        await typed("가")
        assert "가" in field.value


async def test_a_recording_gets_the_shipped_keys(monkeypatch):
    async with stand(paused=True) as it:
        seen: list[str | None] = []

        def takes(event):
            if isinstance(event, events.Key):
                seen.append(key_of(event))
            return isinstance(event, events.Key)

        monkeypatch.setattr(it.app.recording, "takes", takes)
        for event in XTermParser().feed("ㅈ가"):
            assert isinstance(event, events.Key)
            await it.app.on_event(event)
        assert seen == ["w", "r", "k"]
