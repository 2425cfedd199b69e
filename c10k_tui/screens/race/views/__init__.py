"""What the screen shows, worked out from frames: numbers in, lines of text and cell codes out.

Nothing in here knows Textual; a view is a function of a :class:`sim.frames.frame.Frame` (and of its own
history), so that what the screen says can be tested without one.
"""
