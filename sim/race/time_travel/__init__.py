"""Back and forth in time: the time line and its checkpoints."""
