"""The contents of the race screen: frames in, lines of styled text and codes of cells out.

No module here imports Textual. A view is a function of a :class:`sim.frames.frame.Frame`; some views remember
earlier frames. So tests check the contents without a screen. The widgets and the display import from here.

- ``header``: the two lines at the top. ``time_line``: the row of the time line.
- ``grid_cells``: the descriptors and the state of each cell of a grid. ``cell_colours``: glyph and colour of
  a cell. ``legend``: the meaning of the glyphs.
- ``activity``: the current action of a lane. ``sentence``: its last action. ``event_loop_words``: both for an
  event loop.
- ``cpu``: CPU time as a bar. ``counters``: the table of counters. ``cost_curve``: cost of a wake-up over the
  last seconds.
- ``feed``: the interrupt feed. ``feed_words``: the effects of a packet in words. ``follow``: one followed
  descriptor. ``detail``: the descriptors under the cursor.
- ``verdict``: the result of the race in one line; ``verdict_failed`` and ``verdict_others`` write it for a
  failed lane and for lanes other than select, poll and epoll.
- ``warning``: faults that occur. ``host``: the lane on this machine's kernel.
"""
