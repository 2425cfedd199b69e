"""What the comparison screen draws: ``table``."""
