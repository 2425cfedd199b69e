"""The Textual apps, and their use without a terminal. Only the commands import from here.

- ``race_app``: the app around the race screen.
- ``watch_app``: the app around the loop screen.
- ``themed_app``: the base class of both: themes, command palette, lines without colours.
- ``command_palette``: Textual's palette, adapted.
- ``keypad``: the keys of the numeric keypad as plain keys.
- ``headless``: records a race without a terminal.
- ``pictures``: screens as SVG.
- ``app.tcss``: the layout of all screens.
"""
