"""The loop screen: the event loop of a watched script, turn by turn, and the kernel below it.

- ``screen``: the screen and its actions.
- ``model``: the script, its pace and its steps; ``cursor``: the chosen task and the rows on the screen.
- ``keys``: the bindings.
- ``words``: the lines at the top and at the bottom.
- ``views``: the turn, the kernel, and the panel for one task or error.
- ``help_page``: the help.

Other packages import the screen and the model. The rows of tasks and the line of counters are in
:mod:`c10k_tui.text`, because ``c10k-tui watch --for`` prints them too.
"""
