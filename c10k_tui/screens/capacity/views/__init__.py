"""Views of the capacity screen: ``chart`` in cells, ``page`` as shapes for SVG and PNG."""
