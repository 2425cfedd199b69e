"""The race and its pace, as the screens use them. No module here imports Textual or a screen.

- ``session``: the race, and every change that the keys can make to it.
- ``time_travel``: seeks, steps, markers and branches of a session.
- ``time_line``: the current branch and its markers as values, in words.
- ``ladders``: the numbers of its keys. ``shown_fault``: the fault that it shows.
- ``pacer``: wall time to virtual time.
- ``race_protocol``: the members of a race that a session needs.
- ``host_lane_switch``: the lane on this machine's own kernel.
- ``measured_figures``: figures measured on this machine or kept in a recording, on their way to a screen.
- ``lane_by_lane``: work on every lane, a little in each frame.

Screens, recordings, the app and the commands import from here.
"""
