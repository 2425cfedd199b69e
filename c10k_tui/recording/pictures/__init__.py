"""Recordings as PNG, SVG, GIF and text.

- ``styled_cells``: a terminal's picture as rows of cells.
- ``emulator``: from the bytes of a recording to pictures.
- ``export``: writes a recording in another form.
- ``draw``: a picture as pixels and as PNG; ``glyph_masks``: the pixels of glyphs; ``fonts``: the font.
- ``gif``: pictures as an animation.
- ``svg``: a picture as SVG.

Other packages import :func:`~c10k_tui.recording.pictures.export.export` and ``styled_cells``. The modules
here import ``recording.cast`` only: no screen, no app, no command.
"""
