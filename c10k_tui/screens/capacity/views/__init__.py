"""What the capacity screen draws: ``chart`` in cells, ``page`` as shapes for SVG and PNG."""
