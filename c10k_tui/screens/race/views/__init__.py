"""What the race screen shows: frames in, lines of styled text and codes of cells out.

No module here imports Textual. A view is a function of a :class:`sim.frames.frame.Frame`, some with a memory
of earlier frames. So tests check what the screen says without a screen. The widgets and the display import
from here.

- ``header``: the two lines at the top. ``time_line``: the row of the time line.
- ``cells``: which cell of a grid stands for which descriptors, and its state. ``cell_colours``: its glyph and
  colour. ``legend``: what the glyphs mean.
- ``activity``: what a lane does now. ``sentence``: what it has just done. ``event_loop_words``: both for an
  event loop.
- ``cpu``: CPU time as a bar. ``counters``: the table of counters. ``cost_curve``: cost of a wake-up over the
  last seconds.
- ``feed``: the interrupt feed. ``feed_words``: what a packet caused, in words. ``follow``: one followed
  descriptor. ``detail``: the descriptors under the cursor.
- ``verdict``: the result of the race in one line; ``verdict_failed`` and ``verdict_others`` write it for a
  failed lane and for lanes other than select, poll and epoll.
- ``warning``: a fault that strikes. ``host``: the lane on this machine's kernel.
"""
