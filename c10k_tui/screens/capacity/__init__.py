"""The capacity screen: how many connections each lane holds, and what gives way beyond that number.

- ``screen``: the screen and its actions.
- ``model``: the values that the keys change, and the search.
- ``keys``: the bindings.
- ``words``: the heading and the explanation.
- ``views``: the chart in cells, and as a page for SVG and PNG.
- ``help_page``: the help.

Other packages import the screen and the model.
"""
