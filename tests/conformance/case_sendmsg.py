"""sendmsg without ancillary data: several buffers in one call."""

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, message


@case("sendmsg(2): the bytes of all buffers are one message; UIO_MAXIOV buffers at most")
def one_message_of_several_buffers(world: World) -> Any:
    seen: list[Any] = []
    kinds = (world.socket.SOCK_STREAM, world.socket.SOCK_DGRAM, world.socket.SOCK_SEQPACKET)
    for kind, names in zip(kinds, ("ab", "cd", "ef"), strict=True):
        a, b = world.unix(names, kind)
        for buffers in ([b"he", bytearray(b"ll"), memoryview(b"o")], [b""], iter([b"x", b"y"])):
            seen += [b.sendmsg(buffers), attempt(a.recv, 100, world.socket.MSG_DONTWAIT)]
        seen += [b.sendmsg([b"a"], [], world.socket.MSG_DONTWAIT, None), a.recv(1)]
        seen += [b.sendmsg([b"x"] * 1024), len(a.recv(2000)), attempt(b.sendmsg, [b"x"] * 1025)]
        a.close()
        seen.append(attempt(b.sendmsg, [b"x"]))
    return seen


@case("sendmsg(2): a full stream takes what fits")
def a_full_stream(world: World) -> Any:
    a, b = world.unix()
    sent = []
    while isinstance(taken := attempt(b.sendmsg, [bytes(1000)] * 40), int):
        sent.append(taken)
    received = sum(iter(lambda: len(a.recv(10_000)) if world.mask(a).count("IN") else 0, 0))
    return sent, taken, received == sum(sent), attempt(b.sendmsg, [b"x", b"y"])


@case("Modules/socketmodule.c: sock_sendmsg, arguments in their order")
def arguments_of_sendmsg(world: World) -> Any:
    _, b = world.unix()
    stream, closed = world.fresh(), world.fresh("z")
    closed.close()
    refused: list[tuple[Any, ...]] = [
        *((5,), (None,), ("ab",), (b"ab",), (["x"],), ([b"a"], 5), ([b"a"], None), (["x"], 5)),
        *(([b"a"], [], "x"), ([b"a"], [], 0, 5), ([5], [], 0, 5), (5, [], 0, 5)),
    ]
    out_of_range: list[tuple[Any, ...]] = [([b"a"], [], 1 << 31), (), ([b"a"], [], 0, None, 1)]
    seen: list[Any] = [message(b.sendmsg, *given) for given in refused]
    seen += [attempt(b.sendmsg, *given) for given in out_of_range]
    seen += [message(stream.sendmsg, [b"a"], [], 0, 5), attempt(stream.sendmsg, [b"a"])]
    seen += [attempt(stream.sendmsg, [b"x"] * 1025), attempt(closed.sendmsg, [b"x"] * 1025)]
    return [*seen, attempt(closed.sendmsg, 5)]
