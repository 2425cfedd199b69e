"""Base screens, the help and the dialogs that several screens share.

- ``keyed_screen``: a screen with one list of keys; the base of all screens.
- ``working_screen``: a screen in the race's place that computes a little in each frame.
- ``box``: a screen over another screen; the base of the boxes.
- ``help_screen``: the help page of a screen.
- ``number_box``: a dialog for one whole number.
- ``last_keys``: the bindings for theme, help and quit.

Every folder of screens may import from here. Nothing here knows a screen.
"""
