"""The path screen: one packet from the wire to the line after ``await``, beside its path to select.

- ``screen``: the screen and its actions.
- ``model``: the current step, and autoplay.
- ``keys``: the bindings.
- ``words``: the sentence, the title and the price of each step.
- ``views``: the strip of stages, the two sides, the data structures.
- ``help_page``: the help.

Other packages import the screen.
"""
