"""The curve screen."""
