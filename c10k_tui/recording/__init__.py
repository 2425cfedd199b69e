"""Recordings: one asciicast file that plays anywhere, and in this program as a race.

A session is a scenario and what was pressed when. So a recording is an asciicast whose header carries
the scenario, whose ``i`` events are the keys, ``m`` events the markers and ``o`` events the picture. Any
player of asciicasts shows the picture; this program runs the scenario again and presses the keys.

Time is counted in frames. Frame n stands at n divided by the frame rate, whatever the wall's clock says,
and while a recording is made (or replayed) virtual time per frame follows from the settings alone
(:mod:`~c10k_tui.recording.live.frame_pacer`). Within a frame everything has its order: keys, the race, the
picture. Nothing of the terminal, the machine, the locale or the hour goes into the file: the same
scenario, seed and keys give the same bytes.

The parts that need no screen, each of them values in and values out:

- ``cells``: a picture as rows of cells; ``encoder``: two pictures to the bytes that lead from one to the
  other; ``emulator``: such bytes back to pictures.
- ``keycodes``: keys as a terminal sends them; ``key_script``: keys as a person writes them down.
- ``header``, ``lines``, ``reader``, ``writer``: the file.

``stepper`` runs the app frame by frame, ``recorder`` turns what it shows into lines of the file, ``draw``,
``gif`` and ``svg`` make pictures of it.
"""
