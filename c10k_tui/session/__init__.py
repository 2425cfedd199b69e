"""A race and its pace, as the screens see it."""
