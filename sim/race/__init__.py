"""The race: lanes, network, and the moments of a race."""
