"""The curve screen: the cost of a wake-up against the number of descriptors or the active share.

- ``screen``: the screen, its actions, and measuring on this machine.
- ``model``: the values that the keys change, and the points of the curves.
- ``keys``: the bindings.
- ``words``: the heading, the legend and the explanation.
- ``views``: the plot.
- ``help_page``: the help.

Other packages import the screen and the model.
"""
