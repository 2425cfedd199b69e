"""The capacity screen: the number of connections that each lane holds, and the limit that it meets beyond.

- ``screen``: the screen and its actions.
- ``model``: the values that the keys change, and the search.
- ``keys``: the bindings.
- ``words``: the heading and the explanation.
- ``views``: the chart in cells, and as a page for SVG and PNG.
- ``help_page``: the help.

Other packages import the screen and the model.
"""
