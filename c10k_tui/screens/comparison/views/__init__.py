"""Views of the comparison screen: ``table``."""
