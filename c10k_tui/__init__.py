"""The screens and the command line of c10k-tui. They read finished values of :mod:`sim`, never its inside.

The rooms, from the top down. A room imports only from the rooms below it.

- :mod:`c10k_tui.cli`: the commands and their options.
- :mod:`c10k_tui.app`: the Textual apps around the screens, and recording without a terminal.
- :mod:`c10k_tui.recording`: recordings: the file, pictures of it, and the running app recorded and replayed.
- :mod:`c10k_tui.screens`: a folder for each screen.
- :mod:`c10k_tui.session`: the race and its pace. :mod:`c10k_tui.widgets`: widgets that all screens use.
  :mod:`c10k_tui.charts`: charts as values and as files.
- :mod:`c10k_tui.text`: styled text, colours, glyphs, and words that several screens and commands share.
- :mod:`c10k_tui.textual_internals`: Textual's private names.
"""

__version__ = "0.2.0"
