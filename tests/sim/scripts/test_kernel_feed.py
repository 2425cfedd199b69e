"""The kernel of a script: its descriptors, and the rows of the feed."""

from __future__ import annotations

import pytest

from sim.scripts.descriptors import descriptors, ready_list
from sim.scripts.kernel_feed import KEPT, KernelFeed
from tests.support.script_files import Written

PROGRAM = """
    import asyncio, os, socket

    async def serve(reader, writer):
        await reader.read(5)
        await asyncio.sleep(2)  #: keeps
        await reader.read()
        writer.close()

    async def main():
        server = await asyncio.start_server(serve, "localhost", 8080)
        reader, writer = await asyncio.open_connection("localhost", 8080)
        await asyncio.sleep(1)
        writer.write(b"hello")  #: writes
        await asyncio.sleep(1)
        writer.write(b"more")
        writer.close()
        await asyncio.sleep(3)
        ends = os.pipe()
        await asyncio.sleep(1)
        os.close(ends[0]), os.close(ends[1])
        server.close()

    asyncio.run(main())
"""


class Watched:
    """A script and its feed; the feed is read before each callback, as the screen does."""

    def __init__(self, tmp_path):
        self.script = Written(tmp_path, PROGRAM).start()
        self.feed = KernelFeed(self.script.kernel)

    def run_to(self, seconds):
        def there(_moment):
            self.feed.look()
            return self.script.kernel.now_ns >= seconds * 1e9

        self.script.run_until(there)

    def seen(self):
        return [(row.kind, row.fd, row.size, row.source, row.listed) for row in self.feed.rows]


@pytest.fixture
def watched(tmp_path):
    it = Watched(tmp_path)
    yield it
    it.script.close()


def test_the_descriptor_of_each_arrival(watched):
    watched.run_to(0.5)
    assert watched.seen() == [
        ("connection", 6, 0, -1, True),
        ("space", 7, 0, -1, True),  # the client's connect is done
        ("wait", -1, 2, -1, False),
        ("accept", 8, 0, -1, False),
        ("wait", -1, 1, -1, False),
        ("wait", -1, 0, -1, False),  # until a timer is due
    ]
    watched.feed.rows.clear()
    watched.run_to(1.5)
    assert watched.seen() == [
        ("segment", 8, 5, 7, True),
        ("wait", -1, 1, -1, False),
        ("wait", -1, 0, -1, False),  # a second later, by a timer
    ]
    assert watched.feed.rows[-1].slept_ns == pytest.approx(1e9, rel=1e-3)
    assert watched.feed.rows[-2].slept_ns == 0
    watched.feed.rows.clear()
    watched.run_to(2.5)
    assert watched.seen()[0] == ("segment", 8, 4, 7, True)


def test_descriptors(watched):
    watched.run_to(0.5)
    found = descriptors(watched.script.kernel, watched.script.loop)
    assert [(one.fd, one.kind, one.peer) for one in found[-2:]] == [(7, "connected", 8), (8, "connected", 7)]
    watched.run_to(2.5)
    by_fd = {one.fd: one for one in descriptors(watched.script.kernel, watched.script.loop)}
    assert [(fd, one.kind) for fd, one in by_fd.items()] == [
        (3, "epoll"),
        (4, "self-pipe"),
        (5, "self-pipe"),
        (6, "listening"),
        (8, "connected"),
    ]
    assert [fd for fd, one in by_fd.items() if one.watched] == [
        4,
        6,
    ]  # fd 8 is at its end, so asyncio no longer watches it
    assert [one.peer for one in by_fd.values()] == [-1, 5, 4, -1, -1]
    watched.run_to(5.5)
    sorts = [one.kind for one in descriptors(watched.script.kernel, watched.script.loop)]
    assert sorts == ["epoll", "self-pipe", "self-pipe", "listening", "pipe", "pipe"]


def test_the_ready_list_and_its_stale_items(watched):
    script = watched.script
    seen: list[tuple[int, bool, bool]] = []

    def there(_moment):
        for one in descriptors(script.kernel, script.loop):
            if one.fd == 8 and (not seen or seen[-1] != (one.unread_bytes, one.listed, one.ready)):
                seen.append((one.unread_bytes, one.listed, one.ready))
        assert [fd for fd, _ in ready_list(script.kernel)].count(8) == (seen[-1][1] if seen else 0)
        return script.kernel.now_ns > 1.5e9

    script.run_until(there)
    assert seen == [(0, False, False), (5, True, True), (0, True, False), (0, False, False)]


def test_a_feed_keeps_the_newest(watched):
    for _ in range(KEPT + 5):
        watched.feed._add(watched.feed._row((1, 3, 9, 0, 0, 1), set()))
    assert (len(watched.feed.rows), watched.feed.made) == (KEPT, KEPT + 5)
