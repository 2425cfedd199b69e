"""Widgets that all screens use. Each draws lines that a screen hands to it.

- ``lines``: a widget that shows lines of styled text.
- ``footer``: the row of keys at the bottom.
"""
