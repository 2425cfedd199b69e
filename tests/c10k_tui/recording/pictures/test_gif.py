"""GIF: every picture has the colours of the PNG, the right size and the right time."""

import numpy as np
import pytest
from PIL import Image

from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.pictures.draw import CELL_WIDTH, image
from c10k_tui.recording.pictures.export import export, picture_at
from c10k_tui.recording.pictures.gif import STEPS, TRANSPARENT, GifPainter, gif, local_table
from c10k_tui.recording.pictures.styled_cells import CellStyle, TerminalPicture, blank, cell
from tests.support.drawn_pictures import HEADER, frames_of, picture, recording_of, row_of

SIZE = (20, 4)


def timed(shown, step_us=100_000):
    return ((index * step_us, picture) for index, picture in enumerate(shown))


def painted(shown):
    """The pixels that a GIF should show: those of the PNG, with fewer steps at the edges of letters."""
    painter = GifPainter(HEADER, *SIZE)
    numbers = painter.paint(shown)
    colours = np.array([[c >> 16, c >> 8 & 255, c & 255] for c in painter.colours], dtype=np.uint8)
    return colours[numbers]


def test_a_gif_shows_each_picture_whole_though_only_changes_are_written():
    shown = [picture(row_of("one")), picture(row_of("one")), picture(row_of("two"), row_of("▒▒")), picture()]
    data = gif(timed(shown), HEADER, SIZE)
    assert data == gif(timed(shown), HEADER, SIZE)
    seen = list(frames_of(data))
    assert [duration for _, duration in seen] == [200, 100, 2_000]
    for (pixels, _), expected in zip(seen, (shown[0], shown[2], shown[3]), strict=True):
        assert np.array_equal(pixels, painted(expected))


def test_the_edges_of_letters_come_near_those_of_the_png():
    shown = picture(row_of("Wasted checks"))
    fine = image(shown, HEADER, CELL_WIDTH).astype(int)
    assert np.abs(painted(shown).astype(int) - fine).max() <= round(0xFF / STEPS / 2) + 1


def themed(number):
    """A picture in 40 styles, of which no two themes share a colour."""
    styles = [CellStyle(number << 16 | at << 8 | 0xFF, number << 16 | at << 8) for at in range(40)]
    return picture(
        *(tuple(cell("a" if row == 2 else "▄", style) for style in styles[:20]) for row in (1, 2)),
        tuple(cell("b", style) for style in styles[20:]),
    )


def test_colours_stay_exact_when_there_are_more_than_256_in_all():
    """Each theme needs 200 colours, so the second one is beyond the GIF's own table."""
    shown = [themed(number) for number in (0, 1, 2, 0)]
    for (pixels, _), expected in zip(frames_of(gif(timed(shown), HEADER, SIZE)), shown, strict=True):
        assert np.array_equal(pixels, painted(expected))


def test_plain_colours_stay_exact_when_one_picture_has_more_than_256():
    styles = [CellStyle(at << 8 | 0xFF, at << 16) for at in range(80)]
    shown = picture(
        *(
            tuple(cell("▄" if row % 2 else "m", style) for style in styles[row * 20 :][:20])
            for row in range(4)
        )
    )
    ((pixels, _),) = frames_of(gif(timed([shown]), HEADER, SIZE))
    wanted = painted(shown)
    assert len(np.unique(wanted.reshape(-1, 3), axis=0)) > 256
    plain = [row for row in range(4) if row % 2]
    for row in plain:
        part = np.s_[row * 16 : (row + 1) * 16]
        assert np.array_equal(pixels[part], wanted[part])
    # The steps at the edges of letters become near ones.
    assert np.abs(pixels.astype(int) - wanted).max() < 64


def test_a_table_holds_what_is_used_and_never_the_transparent_index():
    painter = GifPainter(HEADER, *SIZE)
    numbers = painter.paint(themed(7))
    kept, index_of = local_table(painter, numbers.ravel())
    assert sorted(kept) == sorted(set(numbers.ravel().tolist()))
    assert index_of.max() < TRANSPARENT


def test_a_smaller_picture_leaves_nothing_of_the_larger_one():
    painter = GifPainter(HEADER, *SIZE)
    painter.paint(picture(row_of("x" * 20)))
    small = blank(10, 2)
    canvas = painter.paint(small)
    assert (canvas == canvas[0, 0]).all()


WHOLE = "\x1b[?25l\x1b[0m\x1b[H\x1b[2J"


@pytest.mark.parametrize(("sizes", "largest"), [
    (["20x4", "30x6"], (30, 6)), (["20x4", "10x3"], (20, 4)), (["20x4", "30x2", "12x5"], (30, 5)),
])  # fmt: skip
def test_a_window_that_changes_its_size_stands_in_the_largest_one(tmp_path, sizes, largest):
    events = [(0.0, "o", WHOLE + "one")]
    for second, size in enumerate(sizes[1:], start=1):
        events += [(float(second), "r", size), (float(second), "o", f"{WHOLE}\x1b[2;1H{size}")]
    recording = recording_of(tmp_path, [*events, (float(len(sizes)), "o", "")])
    out = tmp_path / "a.gif"
    export(recording, out, "gif")
    seen = list(frames_of(out.read_bytes()))
    assert [duration for _, duration in seen] == [1_000] * (len(sizes) - 1) + [2_000]
    for second, (pixels, _) in enumerate(seen):
        shown = picture_at(recording, second * 1_000_000)
        assert f"{shown.width}x{shown.height}" == sizes[second]
        assert pixels.shape == (largest[1] * 16, largest[0] * 8, 3)
        rows = tuple((*row, *[cell(" ", CellStyle())] * (largest[0] - shown.width)) for row in shown.rows)
        rows += ((cell(" ", CellStyle()),) * largest[0],) * (largest[1] - shown.height)
        fine = image(TerminalPicture(largest[0], rows), recording.header, CELL_WIDTH)
        assert np.abs(pixels.astype(int) - fine).max() <= round(0xFF / STEPS / 2) + 1


@pytest.mark.parametrize("end_s", [0.04, 0.1, 1.0, 1.05, 1.0999])
def test_the_last_picture_is_shown_and_everything_before_it_takes_its_time(tmp_path, end_s):
    events = [(0.0, "o", WHOLE + "first"), (end_s, "o", "\x1b[1;1Hlast")]
    recording = recording_of(tmp_path, events)
    out = tmp_path / "a.gif"
    export(recording, out, "gif")
    seen = list(frames_of(out.read_bytes()))
    assert sum(duration for _, duration in seen[:-1]) == round(end_s * 100) * 10
    assert seen[-1][1] == 2_000
    last = image(picture_at(recording, None), recording.header, CELL_WIDTH).astype(int)
    assert np.abs(seen[-1][0].astype(int) - last).max() <= 33


@pytest.mark.parametrize("frames_per_s", [1, 7, 12.5, 30, 50])
def test_frames_of_any_rate_add_up_to_the_time(tmp_path, frames_per_s):
    events = [(at / 50, "o", f"\x1b[1;1H{at:3}") for at in range(151)]
    recording = recording_of(tmp_path, events)
    out = tmp_path / "a.gif"
    export(recording, out, "gif", frames_per_s=frames_per_s)
    durations = [duration for _, duration in frames_of(out.read_bytes())]
    assert sum(durations[:-1]) == 3_000
    assert min(durations) >= 20
    assert len(durations) == -(-3 * frames_per_s // 1) + 1


def test_a_picture_longer_than_the_format_can_say_is_written_again():
    """A delay is at most 655.35 s."""
    shown = [(0, picture(row_of("slow"))), (1_500_000_000, picture(row_of("end")))]
    seen = list(frames_of(gif(iter(shown), HEADER, SIZE)))
    assert [duration for _, duration in seen] == [655_350, 655_350, 189_300, 2_000]
    assert np.array_equal(seen[0][0], seen[2][0])


def test_the_font_size_is_the_same_in_gif_and_png(tmp_path):
    recording = recording_of(tmp_path, [(0.0, "o", WHOLE + "▒▄█ ⣿")])
    for form in ("gif", "png"):
        export(recording, tmp_path / f"a.{form}", form, font_size=20)
    ((pixels, _),) = frames_of((tmp_path / "a.gif").read_bytes())
    with Image.open(tmp_path / "a.png") as still:
        assert still.size == (20 * 12, 4 * 24)
        assert np.array_equal(pixels, np.asarray(still))


def test_each_finished_picture_is_reported(tmp_path):
    recording = recording_of(tmp_path, [(0.0, "o", "a"), (0.25, "o", "b")])
    reported = []
    export(recording, tmp_path / "a.gif", "gif", progress=lambda *done: reported.append(done))
    assert reported == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_would_be_too_long_or_too_large_is_refused_in_a_line_that_says_what_to_do(tmp_path):
    recording = recording_of(tmp_path, [(0.0, "o", "a"), (61.0, "o", "b")], width=500, height=200)
    out = tmp_path / "a.gif"
    with pytest.raises(CastError, match=r"at most 3,000 frames, and this would be 3,051; choose --from and"):
        export(recording, out, "gif", frames_per_s=50)
    with pytest.raises(CastError, match=r"10000×8000 pixels; at most 16 million .* a smaller --font-size"):
        export(recording, out, "gif", font_size=33)
    assert not out.exists()
