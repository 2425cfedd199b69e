"""Widgets that all screens use. Each draws lines that it gets from a screen.

- ``lines``: a widget that shows lines of styled text.
- ``footer``: the row of keys at the bottom.
"""
