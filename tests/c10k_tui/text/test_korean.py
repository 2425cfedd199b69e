"""Korean particles follow the reading of the word before them."""

import pytest

from c10k_tui.text.korean import with_particle


@pytest.mark.parametrize(
    ("word", "topic", "way"),
    [
        ("select", "는", "로"),
        ("poll", "은", "로"),
        ("epoll", "은", "로"),
        ("epoll-et", "는", "로"),
        ("io_uring", "은", "으로"),
        ("kqueue", "는", "로"),
        ("iocp", "는", "로"),
        ("asyncio", "는", "로"),
        ("thread", "는", "로"),
        ("fd", "는", "로"),
        ("fd 13", "은", "으로"),
        ("10", "은", "으로"),
        ("10,000", "은", "으로"),
        ("2", "는", "로"),
        ("7", "은", "로"),
        ("레인", "은", "으로"),
        ("커널", "은", "로"),
        ("태스크", "는", "로"),
        ("TCP", "는", "로"),
    ],
)
def test_the_form_follows_the_last_sound(word, topic, way):
    assert with_particle(word, "은") == word + topic
    assert with_particle(word, "으로") == word + way
