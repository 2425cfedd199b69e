"""The picture of a lane's mechanism, drawn from a frame."""
