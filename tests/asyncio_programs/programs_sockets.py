"""Sockets without streams: sock_* calls, add_reader and add_writer, threads."""

from __future__ import annotations

import asyncio
import socket
import time


def _pair():
    pair = socket.socketpair()
    for end in pair:
        end.setblocking(False)
    return pair


async def sock_calls_accept_and_connect(log):
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        listener.setblocking(False)
        client.setblocking(False)
        accepting = asyncio.create_task(loop.sock_accept(listener))
        await loop.sock_connect(client, listener.getsockname())
        accepted, address = await accepting
        with accepted:
            log(address == client.getsockname())
            await loop.sock_sendall(client, b"hello")
            log(await loop.sock_recv(accepted, 100))
            client.shutdown(socket.SHUT_WR)
            log(await loop.sock_recv(accepted, 100))


async def sock_sendall_of_more_than_there_is_room(log):
    loop = asyncio.get_running_loop()
    here, there = _pair()
    data = bytes(range(256)) * 8192
    with here, there:
        sending = asyncio.create_task(loop.sock_sendall(here, data))
        received = bytearray()
        while len(received) < len(data):
            received += await loop.sock_recv(there, 100_000)
        await sending
        log(bytes(received) == data)


async def sock_recv_into_a_buffer(log):
    loop = asyncio.get_running_loop()
    here, there = _pair()
    with here, there:
        buffer = bytearray(8)
        reading = asyncio.create_task(loop.sock_recv_into(here, buffer))
        await asyncio.sleep(0)
        there.send(b"abc")
        log(await reading, bytes(buffer))


async def a_cancelled_sock_recv_takes_nothing(log):
    loop = asyncio.get_running_loop()
    here, there = _pair()
    with here, there:
        reading = asyncio.create_task(loop.sock_recv(here, 10))
        await asyncio.sleep(0.001)
        reading.cancel()
        await asyncio.wait([reading])
        there.send(b"kept")
        log(reading.cancelled(), await loop.sock_recv(here, 10))


async def sock_connect_refused(log):
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with socket.socket() as client:
        client.setblocking(False)
        try:
            await loop.sock_connect(client, address)
        except ConnectionRefusedError:
            log("refused")


async def readers_are_called_while_there_is_something(log):
    loop = asyncio.get_running_loop()
    here, there = _pair()
    over = loop.create_future()

    def readable():
        data = here.recv(2)
        log("reader", data)
        if not data:
            log(loop.remove_reader(here), loop.remove_reader(here))
            over.set_result(None)

    with here:
        loop.add_reader(here, readable)
        there.send(b"abcde")
        await asyncio.sleep(0.01)
        there.close()
        await over


async def writers_are_called_while_there_is_room(log):
    loop = asyncio.get_running_loop()
    here, there = _pair()
    calls: list[str] = []
    with here, there:
        loop.add_writer(here, calls.append, "room")
        for _ in range(3):
            await asyncio.sleep(0)
        log(calls[0], len(calls) >= 2, loop.remove_writer(here))
        count = len(calls)
        await asyncio.sleep(0.002)
        log(len(calls) == count)


async def a_blocking_socket_is_refused_in_debug_mode(log):
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    loop.set_debug(True)
    with here, there:
        try:
            await loop.sock_recv(here, 1)
        except ValueError as error:
            log(str(error))
    loop.set_debug(False)


async def two_streams_on_a_socket_pair(log):
    here, there = _pair()
    reader, writer = await asyncio.open_connection(sock=here)
    far_reader, far_writer = await asyncio.open_connection(sock=there)
    writer.write(b"ping\n")
    log(await far_reader.readline())
    far_writer.write(b"pong\n")
    log(await reader.readline())
    writer.close()
    log(await far_reader.read())
    far_writer.close()


async def blocking_functions_run_in_threads(log):
    def blocking(name, delay_s):
        time.sleep(delay_s)
        return name

    log(await asyncio.to_thread(blocking, "a", 0.001))
    loop = asyncio.get_running_loop()
    slow = loop.run_in_executor(None, blocking, "slow", 0.1)
    quick = asyncio.create_task(asyncio.to_thread(blocking, "quick", 0.001))
    await asyncio.sleep(0)
    log("the loop goes on", slow.done())
    log(await quick, slow.done())
    log(await slow)


async def errors_come_back_from_threads(log):
    def fails():
        raise LookupError("in a thread")

    try:
        await asyncio.to_thread(fails)
    except LookupError as error:
        log(repr(error))


async def a_thread_calls_the_loop(log):
    loop = asyncio.get_running_loop()
    over = loop.create_future()

    def elsewhere():
        time.sleep(0.002)
        loop.call_soon_threadsafe(over.set_result, "from a thread")
        return asyncio.run_coroutine_threadsafe(asyncio.sleep(0.001, "and back"), loop)

    later = await asyncio.to_thread(elsewhere)
    log(await over, await asyncio.wrap_future(later))


async def a_callback_that_sleeps_holds_up_everybody(log):
    loop = asyncio.get_running_loop()
    loop.call_later(0.001, time.sleep, 0.05)
    begin_s = loop.time()
    await asyncio.sleep(0.01)
    log(loop.time() - begin_s >= 0.05)
