"""The running app, recorded and replayed. The app and the commands import from here.

- ``controller``: the recording keys, and the recording or replay for which the app was started.
- ``start_plan``: the recording or replay for which the app was started, as a value.
- ``player``: runs a recording again on the screen; ``letterbox``: at the size at which it was recorded.
- ``frame_runner``: one frame after the other: keys in, a picture out.
- ``stepper``: the order of events in a frame.
- ``step_clock``, ``frame_pacer``, ``frame_timer``: the time of frames: on the session's clock, in virtual
  time, and in wall time.
- ``recorder``: frames to lines of the file.
- ``capture``: the screen as a picture; ``encoder``: the terminal sequences from one picture to the next.
- ``caption``: the row that shows the pressed keys; ``markers``: markers that are set without a key.
"""
