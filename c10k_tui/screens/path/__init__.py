"""The path screen: one packet followed."""
