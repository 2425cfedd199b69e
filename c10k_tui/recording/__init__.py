"""Recordings: one asciicast file that any player plays, and that this program runs again as a race.

A session is a scenario and the keys pressed in it, each with its time. So a recording is an asciicast whose
header holds the scenario, whose ``i`` events are the keys, whose ``m`` events are markers and whose ``o``
events are the picture. A player of asciicasts shows the picture; this program runs the scenario again and
presses the keys.

Time is counted in frames: frame n is at n divided by the frame rate, whatever real time has passed. While a
recording is made or replayed, the virtual time of a frame depends on the settings only
(:mod:`~c10k_tui.recording.live.frame_pacer`). Within a frame the order is fixed: keys, race, picture. The
file holds nothing of the terminal, the machine, the locale or the time of day, so the same scenario, seed
and keys give the same bytes.

Why not record the picture only: a replay could not be taken over, stepped or rewound. Why not record the
keys only: other players could not show it.

- ``cast``: the file. Imports no screen, no app and no command.
- ``pictures``: the file as PNG, SVG, GIF and text. Imports ``cast`` only.
- ``live``: the running app, recorded and replayed. Imports both.
"""
