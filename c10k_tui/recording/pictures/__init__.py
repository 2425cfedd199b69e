"""Recordings as pictures, animations, pages and text.

- ``styled_cells``: a terminal's picture as rows of cells.
- ``emulator``: from the bytes of a recording to pictures.
- ``export``: writes a recording in another form; ``forms``: the forms and their limits.
- ``draw``: a picture as pixels and as PNG; ``glyph_masks``: the pixels of glyphs; ``fonts``: the font.
- ``cell_shapes``: blocks, lines and braille as rectangles.
- ``svg``: a picture as SVG.
- ``gif``: pictures as an animation; ``video``: the same through ffmpeg.
- ``html``: a recording as a page; ``player``: the page's player.

Other packages import :func:`~c10k_tui.recording.pictures.export.export`, ``forms`` and ``styled_cells``. The
modules here import ``recording.cast`` only: no screen, no app, no command.
"""
