"""Recordings: asciicast files that players can show, and that this program can run again as a race.

A session is a scenario and the keys pressed in it, each with its time. So a recording is an asciicast: its
header holds the scenario, its ``i`` events are the keys, its ``m`` events are markers and its ``o`` events
are the picture. A player of asciicasts shows the picture; this program runs the scenario again and presses
the keys.

Time is counted in frames: the time of frame n is n divided by the frame rate, regardless of wall time. While
a recording is made or replayed, the virtual time of a frame depends only on the settings
(:mod:`~c10k_tui.recording.live.frame_pacer`). Within a frame the order is fixed: keys, race, picture. Nothing
in the file depends on the terminal, the machine, the locale or the time of day, so the same scenario, seed
and keys give the same bytes.

Why not record only the picture: the user could not take over, step or rewind a replay. Why not record only
the keys: other players could not show the recording.

- ``cast``: the file. Imports no screen, no app and no command.
- ``pictures``: the file as pictures, animations, pages and text. Imports ``cast`` only.
- ``live``: the running app, recorded and replayed. Imports both.
"""
