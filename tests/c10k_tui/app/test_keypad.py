"""The keys of the keypad act as the plain keys, in both of a terminal's protocols, with and without text."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from c10k_tui.recording.live.stepper import key_of
from tests.support.paused_app import stand

SENT = {
    "+": ("\x1b[57413u", "\x1b[57413;129;43u", "\x1b[57413;2u", "\x1bOk", "+", "\x1b[43;2;43u"),
    "-": ("\x1b[57412;129;45u", "\x1b[57412u", "\x1bOm"),
    "*": ("\x1b[57411u", "\x1bOj"),
    "/": ("\x1b[57410;129;47u", "\x1bOo"),
    ".": ("\x1b[57409u", "\x1b[57409;129;46u", "\x1bOn"),
    ",": ("\x1b[57409;129;44u", "\x1b[57416u"),
    "=": ("\x1b[57415u",),
    "3": ("\x1b[57402u", "\x1b[57402;129;51u", "\x1bOs"),
    "enter": ("\x1b[57414u", "\x1b[57414;129u", "\x1bOM", "\r"),
    "up": ("\x1b[57419u", "\x1b[57419;129u"),
}
"""The sequences that terminals send for a key: kitty's protocol with and without its text, with num lock and
shift; the old sequences of the keypad; the plain key.
"""


def pressed(sequence):
    (event,) = [*XTermParser().feed(sequence)]
    return event


@pytest.mark.parametrize("key", SENT)
async def test_each_key_of_the_keypad_is_the_plain_key(key, monkeypatch):
    async with stand(paused=True) as it:
        seen: list[events.Key] = []

        def takes(event):
            if isinstance(event, events.Key):
                seen.append(event)
            return isinstance(event, events.Key)

        monkeypatch.setattr(it.app.recording, "takes", takes)
        for sequence in SENT[key]:
            await it.app.on_event(pressed(sequence))
        assert [key_of(event) for event in seen] == [key] * len(SENT[key])
        assert len({event.key for event in seen}) == 1


async def test_they_change_the_race_and_fill_a_box():
    async with stand(paused=True) as it:
        for sequence, fds in (("\x1b[57413u", 5_000), ("\x1b[57412;129;45u", 2_000)):
            it.app.post_message(pressed(sequence))
            await it.settle()
            assert it.session.scenario.fds == fds
        await it.press("n")
        for sequence in ("\x1b[57402u", "\x1b[57399;129;48u", "\x1b[57399u", "\x1b[57414;129u"):
            it.app.post_message(pressed(sequence))
            await it.settle()
        assert it.session.scenario.fds == 300
