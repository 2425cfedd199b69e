"""The race screen: lanes side by side, the events in them, and their costs.

- ``screen``: passes each key on to the part that handles it.
- ``keys``: every key. ``time_keys``: the keys for time. ``recording_keys``: the keys that record.
- ``display``: draws frames into the widgets. ``shown_past``: the traces of earlier frames on the screen.
- ``grid_cursor``: the cursor on the grids, the followed descriptor. ``time_line_drag``: the mouse on the time
  line.
- ``opened_screens``: opens boxes and the other screens. ``lanes_box``, ``presets_box``: two of the boxes.
  ``packet_choice``: the packet for the path screen.
- ``help_page``: the text of the help.
- ``views``: frames to lines of text. ``mechanism``: the picture inside a lane. ``widgets``: the widgets that
  draw both.

Recordings and the app import the screen, and recordings the list of keys.
"""
