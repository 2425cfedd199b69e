"""The running app, recorded and replayed. The app and the commands import from here.

- ``controller``: the recording keys, and what the app was started to record or replay.
- ``plan``: that plan, as a value.
- ``player``: runs a recording again on the screen.
- ``frame_runner``: one frame after the other: keys in, a picture out.
- ``stepper``: the order of events in a frame.
- ``step_clock``, ``frame_pacer``, ``frame_timer``: the time of frames: on the session's clock, in virtual
  time, and in wall time.
- ``recorder``: frames to lines of the file.
- ``capture``: the screen as a picture; ``encoder``: two pictures to what a terminal must write.
- ``caption``: the row that shows the pressed keys; ``markers``: markers that no key asks for.
"""
