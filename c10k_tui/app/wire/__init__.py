"""From Textual's picture to the terminal: as few bytes as possible, and as many frames as the link carries.

- ``screen_output``: keeps the picture of the screen, and sends what has changed.
- ``encoder``: the bytes from one picture to the next.
- ``link``: the pace of the link to the terminal, learnt from answers and from full buffers.
- ``terminal_writer``: writes to the terminal, and notes when its buffer is full.
"""
