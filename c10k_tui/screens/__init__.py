"""The screens, one folder for each. A folder holds the screen, its model, its views, its keys and its help.

- ``race``: lanes side by side; the screen at the start.
- ``curve``: cost of a wake-up against the number of descriptors.
- ``comparison``: one table of all lanes.
- ``capacity``: the number of connections that each lane holds.
- ``path``: one packet, step by step.
- ``loop``: a script's event loop.
- ``shared``: base classes and dialogs that several screens use.

``race`` opens the other screens, so it imports them; they import only ``shared``. No screen knows the app or
a recording: the caller passes in the parts that a screen needs.
"""
