"""The loop screen: a watched script."""
