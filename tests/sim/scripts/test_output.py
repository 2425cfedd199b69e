"""The output of a script: the newest lines, all of it, and the refused keyboard."""

from __future__ import annotations

import io
import sys

from sim.scripts.script import Script
from sim.scripts.script_output import IN_MEMORY_BYTES, KEPT_LINES, ScriptOutput
from tests.support.script_files import Written, failure

PRINTS = """
    import asyncio, logging, sys

    async def main():
        print("one")
        await asyncio.sleep(1)
        print("two", end="")
        sys.stderr.write(" and\\n")
        sys.stdout.buffer.write(b"\\xff three\\n")
        logging.Logger("x").addHandler(handler := logging.StreamHandler())
        handler.handle(logging.LogRecord("x", logging.WARNING, "", 0, "four", (), None))
        await asyncio.to_thread(print, "five")

    asyncio.run(main())
"""


def whole(output):
    stream = io.BytesIO()
    output.copy_to(stream)
    return stream.getvalue()


def test_all_ways_to_print_are_kept(tmp_path, capsys):
    output = ScriptOutput()
    before = sys.stdout, sys.stderr, sys.stdin
    script = Written(tmp_path, PRINTS).start(output=output)
    while script.advance():
        assert (sys.stdout, sys.stderr, sys.stdin) == before
    assert script.error is None
    assert list(output.lines) == ["one", "two and", "\N{REPLACEMENT CHARACTER} three", "four", "five"]
    assert whole(output) == b"one\ntwo and\n\xff three\nfour\nfive\n"
    assert capsys.readouterr() == ("", "")
    output.close()


def test_a_line_that_has_only_begun_is_shown():
    output = ScriptOutput()
    output.take(b"a\nb")
    assert (output.newest(5), output.newest(1), output.newest(0)) == (["a", "b"], ["b"], [])
    assert output.printed == 1


def test_all_output_is_kept_and_only_the_newest_lines_are_shown():
    output = ScriptOutput()
    line = b"x" * 99 + b"\n"
    count = IN_MEMORY_BYTES // 100 + KEPT_LINES
    for _ in range(count):
        output.take(line)
    assert (output.printed, len(output.lines)) == (count, KEPT_LINES)
    assert whole(output) == line * count
    output.take(b"more\n")  # after a copy it goes on at the end
    assert whole(output).endswith(b"x\nmore\n")
    output.close()


def test_without_an_output_a_script_prints_to_the_standard_streams(tmp_path, capsys):
    Written(tmp_path, "print('here')").start().run()
    assert capsys.readouterr().out == "here\n"


def test_the_keyboard_is_refused(tmp_path):
    for call in ("sys.stdin.read()", "sys.stdin.readline()", "list(sys.stdin)"):
        program = Written(tmp_path, f"import sys\n{call}  #: here\n")
        error = failure(program.start(output=ScriptOutput()))
        assert str(error) == (
            f"{program.place('here', '<module>')}: reading sys.stdin waits for real; "
            "a simulated run never waits for the host"
        )


def test_output_during_the_end_of_a_script_is_dropped(tmp_path, capsys):
    output = ScriptOutput()
    script = Script(
        Written(
            tmp_path,
            """
            import asyncio
            async def main():
                try:
                    await asyncio.sleep(3600)
                finally:
                    print("cleaning up")
            asyncio.run(main())
            """,
        ).path,
        output=output,
    )
    script.advance(turns=2)
    script.close()
    assert script.over
    assert whole(output) == b""
    assert capsys.readouterr() == ("", "")
