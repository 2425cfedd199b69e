"""What a moment of a race looks like, as plain values."""
