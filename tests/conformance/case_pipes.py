"""Pipes: capacity, the data read, and the end."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


def write_until_full(world: World, writer: int, size: int) -> int:
    """Write chunks until one is refused. Returns the number of bytes written."""
    written = 0
    while True:
        try:
            written += world.os.write(writer, b"p" * size)
        except BlockingIOError:
            return written


@case("pipe(7); fs/pipe.c: pipe_poll, every bit")
def idle_and_with_data(world: World) -> Any:
    r, w = world.pipe()
    every = 0xFFFF & ~world.select.POLLMSG
    seen = [world.mask(r, every), world.mask(w, every), world.sets(r, w), attempt(world.os.read, r, 1)]
    world.os.write(w, b"x")
    return [*seen, world.mask(r, every), world.mask(w, every), world.sets(r, w), world.os.read(r, 10)]


@case("fs/pipe.c: the ends can do one thing each; gVisor PipeTest: Permissions")
def the_wrong_end(world: World) -> Any:
    r, w = world.pipe()
    os = world.os
    calls: list[Any] = [(os.write, r, b"x"), (os.read, w, 1), (os.write, r, b""), (os.read, w, 0)]
    return [attempt(*call) for call in calls]


@case("fs/pipe.c: nothing to move")
def reading_and_writing_nothing(world: World) -> Any:
    r, w = world.pipe()
    os = world.os
    seen = [os.read(r, 0), os.write(w, b""), world.mask(r)]
    world.drop(r)
    return [*seen, attempt(os.write, w, b""), attempt(os.write, w, b"x")]


@case("fs/pipe.c: 16 slots of a page; PIPE_DEF_BUFFERS")
def how_much_fits(world: World) -> Any:
    seen = []
    for size in (1, 3000, 4096, 4097, 5000, 65536, 100_000):
        r, w = world.pipe()
        seen.append((write_until_full(world, w, size), world.mask(r), world.mask(w)))
    return seen


@case("pipe(7): PIPE_BUF, all or nothing; pipe_write merges what fits into the last page")
def small_writes_are_whole(world: World) -> Any:
    _, w = world.pipe()
    write = world.os.write
    write(w, b"p" * (15 * 4096))
    write(w, b"p" * 3996)
    return [attempt(write, w, b"x" * size) for size in (200, 100, 1)], world.mask(w)


@case("pipe_write: beyond PIPE_BUF, a part")
def large_writes_are_partial(world: World) -> Any:
    _, w = world.pipe()
    write = world.os.write
    write(w, b"p" * (14 * 4096))
    write(w, b"p" * 4086)
    seen = [attempt(write, w, b"x" * 5000)]
    return [*seen, attempt(write, w, b"x" * 5000), attempt(write, w, b"x" * 4106), world.mask(w)]


@case("pipe_write: odd bytes are merged first, then whole pages follow")
def a_write_that_is_merged_and_goes_on(world: World) -> Any:
    r, w = world.pipe()
    os = world.os
    os.write(w, b"a" * 100)
    os.write(w, b"b" * (4096 + 50))
    rest = write_until_full(world, w, 4096)
    return rest, os.read(r, 200), os.read(r, 8192 - 54 - 200 + 4096)[:4000].count(b"b"), world.mask(w)


@case("pipe_write: a slot counts, however little is in it")
def slots_that_cannot_be_merged(world: World) -> Any:
    r, w = world.pipe()
    write = world.os.write
    written = [write(w, b"x" * 3000) for _ in range(16)]
    seen = [len(written), world.mask(w), attempt(write, w, b"x" * 3000), attempt(write, w, b"y" * 1000)]
    world.os.read(r, 3000)
    return [*seen, world.mask(w), attempt(write, w, b"x" * 3000), world.mask(w)]


@case("pipe_read: room at the front of a page is not used again")
def a_page_that_is_read_in_part(world: World) -> Any:
    r, w = world.pipe()
    os = world.os
    os.write(w, b"a" * 4000)
    os.read(r, 3990)
    for _ in range(15):
        os.write(w, b"b" * 4096)
    seen = [world.mask(w), attempt(os.write, w, b"c" * 200)]
    os.read(r, 10)
    return [*seen, world.mask(w), attempt(os.write, w, b"c" * 200)]


@case("pipe_read: the last page is open for merging until it is empty")
def merging_into_a_page_that_is_being_read(world: World) -> Any:
    r, w = world.pipe()
    os = world.os
    os.write(w, b"a" * 4000)
    os.read(r, 3999)
    os.write(w, b"b" * 96)
    os.write(w, b"c")
    filled = write_until_full(world, w, 4096)
    seen = [filled, os.read(r, 97), world.mask(w)]
    return [*seen, os.read(r, 1), attempt(os.write, w, b"d" * 4096)]


@case("pipe_read joins pages")
def writes_have_no_boundaries(world: World) -> Any:
    r, w = world.pipe()
    os = world.os
    for part in (b"AAA", b"BBB", b"x" * 4096, b"CCC"):
        os.write(w, part)
    return os.read(r, 4), len(os.read(r, 4097)), os.read(r, 100), attempt(os.read, r, 1)


@case("pipe(7): the last writer goes; gVisor PipeTest: WriterSideClosesReadDataFirst")
def the_writer_closes(world: World) -> Any:
    r, w = world.pipe()
    os = world.os
    os.write(w, b"rest")
    world.drop(w)
    seen = [world.mask(r), world.sets(r), os.read(r, 3), os.read(r, 3), os.read(r, 3)]
    return [*seen, world.mask(r), world.sets(r)]


@case("pipe(7): the last reader goes; LTP epoll_wait12")
def the_reader_closes(world: World) -> Any:
    r, w = world.pipe()
    world.os.write(w, b"lost")
    world.drop(r)
    return world.mask(w), world.sets(w), attempt(world.os.write, w, b"x"), world.mask(w), world.mask(w, 0)


@case("pipe_poll: a full pipe whose reader is gone; epoll-shim: pipe__poll_write_end_after_read_end_close")
def the_reader_of_a_full_pipe_closes(world: World) -> Any:
    r, w = world.pipe()
    write_until_full(world, w, 4096)
    before = world.mask(w)
    world.drop(r)
    return before, world.mask(w), world.sets(w), attempt(world.os.write, w, b"x")


@case("dup(2): an end lives as long as one of its descriptors")
def an_end_with_two_descriptors(world: World) -> Any:
    r, w = world.pipe()
    twin = world.keep_number("d", world.os.dup(w))
    world.drop(w)
    seen = [world.mask(r), world.os.write(twin, b"x"), world.os.read(r, 1)]
    world.drop(twin)
    return [*seen, world.mask(r), world.os.read(r, 1)]


@case("pipe2(2): flags")
def flags_of_pipe2(world: World) -> Any:
    os = world.os
    seen: list[Any] = []
    for flags in (0, os.O_CLOEXEC, os.O_NONBLOCK, os.O_NONBLOCK | os.O_CLOEXEC):
        ends = [world.keep_number("p", end) for end in os.pipe2(flags)]
        seen += [(os.get_blocking(end), os.get_inheritable(end)) for end in ends]
    plain = [world.keep_number("p", end) for end in os.pipe()]
    seen += [(os.get_blocking(end), os.get_inheritable(end)) for end in plain]
    bad: list[Any] = [1, 2, -1, "x", None, 2**40]
    return seen, [attempt(os.pipe2, value) for value in bad], plain[1] - plain[0]


@case("pipe(2): O_DIRECT, packets")
def packets(world: World) -> Any:
    r, w = world.pipe(flags=world.os.O_DIRECT)
    os = world.os
    for packet in (b"one", b"two", b"x" * 5000):
        os.write(w, packet)
    seen = [os.read(r, 100), os.read(r, 2), len(os.read(r, 10_000)), len(os.read(r, 10_000))]
    seen.append(attempt(os.read, r, 1))
    return [*seen, write_until_full(world, w, 1), world.mask(w), os.read(r, 10), world.mask(w)]


@case("pipe(7): a blocking read takes what is there; a blocking write of what fits returns")
def blocking_calls_that_need_not_wait(world: World) -> Any:
    os = world.os
    r, w = (world.keep_number(name, end) for name, end in zip("rw", os.pipe(), strict=True))
    seen = [os.write(w, b"x" * 65536), len(os.read(r, 100_000)), os.write(w, b"abc"), os.read(r, 2)]
    world.drop(w)
    return [*seen, os.read(r, 10), os.read(r, 10)]
