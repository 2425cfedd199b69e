"""The widgets of the race screen. Each draws the lines or cells of a view; the display and the screen import
from here.

- ``lane_row``: the lanes side by side. ``lane_panel``: one lane. ``grid``: its descriptors.
- ``feed``: the interrupt feed. ``time_line``: the row of the time line.
"""
