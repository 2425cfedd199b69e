"""The installed aiohttp on the simulated kernel: a server answers a client in virtual time."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

from tests.support.script_files import Written

PROGRAM = """
    import asyncio
    import time

    import aiohttp
    from aiohttp import web

    async def slow(request):
        await asyncio.sleep(60)
        agent = request.headers["User-Agent"]
        return web.json_response({"query": dict(request.query), "agent": "aiohttp" in agent})

    async def echo(request):
        return web.Response(body=await request.read())

    async def stream(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for number in range(5):
            await response.write(b"%d," % number)
            await asyncio.sleep(1)
        return response

    async def shout(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data.upper())
        return socket

    async def main():
        app = web.Application(client_max_size=1 << 24)
        app.add_routes([web.get("/slow", slow), web.post("/echo", echo), web.get("/stream", stream)])
        app.add_routes([web.get("/shout", shout)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "localhost", 8080).start()
        seen = []
        async with aiohttp.ClientSession("http://localhost:8080") as session:
            async with session.get("/slow", params={"a": "1"}) as response:
                seen.append([response.status, await response.json()])
            body = bytes(range(256)) * 4096
            async with session.post("/echo", data=body) as response:
                seen.append([response.status, await response.read() == body])
            async with session.get("/stream") as response:
                seen.append((await response.read()).decode())
            async with session.get("/nowhere") as response:
                seen.append(response.status)
            async with session.ws_connect("/shout") as socket:
                await socket.send_str("hello")
                seen.append(await socket.receive_str())
            try:
                await session.get("/slow", timeout=aiohttp.ClientTimeout(total=5))
            except asyncio.TimeoutError:
                seen.append("timeout")
            try:
                await session.get("http://localhost:1/")
            except aiohttp.ClientConnectorError as error:
                seen.append(type(error).__name__)

            async def ask(number):
                async with session.post("/echo", data=b"%d" % number) as response:
                    return int(await response.read())

            seen.append(sum(await asyncio.gather(*map(ask, range(100)))))
        await runner.cleanup()
        seen.append(60 < time.monotonic() < 200)
        return seen

    if __name__ == "__main__":
        answer = asyncio.run(main())
        import beside
        beside.take(answer)
"""
EXPECTED = [
    [200, {"query": {"a": "1"}, "agent": True}],
    [200, True],
    "0,1,2,3,4,",
    404,
    "HELLO",
    "timeout",
    "ClientConnectorError",
    4950,
    True,
]


@pytest.mark.parametrize("again", [False, True])
def test_an_aiohttp_server_answers_an_aiohttp_client(tmp_path, again):
    Written(
        tmp_path,
        "import json, pathlib\ndef take(x): pathlib.Path(__file__ + '.out').write_text(json.dumps(x))",
        "beside.py",
    )
    imported_before = "aiohttp" in sys.modules
    script = Written(tmp_path, PROGRAM).start()
    script.run()
    assert json.loads((tmp_path / "beside.py.out").read_text()) == EXPECTED
    assert script.imports.is_fresh("aiohttp")
    assert not script.imports.is_fresh("yarl")
    assert ("aiohttp" in sys.modules) == imported_before


def test_aiohttp_is_installed():
    assert importlib.util.find_spec("aiohttp") is not None
