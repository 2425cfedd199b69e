"""What the curve screen draws: ``plot``, a chart in the cells of a terminal."""
