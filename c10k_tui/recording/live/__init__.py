"""Recording and replaying the running app."""
