"""Views of the curve screen: ``plot``, a chart in the cells of a terminal."""
