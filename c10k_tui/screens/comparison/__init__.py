"""The comparison screen: one table of all lanes: scans, copies, wake-ups, memory, and the keeper of the list.

- ``screen``: the screen, its actions, and measuring on this machine.
- ``model``: the values that the keys change, and the trials of the lanes.
- ``keys``: the bindings.
- ``words``: the heading and the explanation.
- ``views``: the table.
- ``help_page``: the help.

Other packages import the screen and the model. The columns are in :mod:`c10k_tui.text.comparison_columns`,
because ``c10k-tui compare`` shows the same ones.
"""
