"""The screens, one folder for each. A folder holds the screen, its model, its views, its keys and its help.

- ``race``: lanes side by side; the screen at the start.
- ``curve``: cost of a wake-up against the number of descriptors.
- ``comparison``: one table of all lanes.
- ``capacity``: how many connections each lane holds.
- ``path``: one packet, step by step.
- ``loop``: a script's event loop.
- ``shared``: what several of them use.

``race`` opens the others, so it imports them; they import only ``shared``. No screen knows the app or a
recording: what a screen needs of them is handed to it.
"""
