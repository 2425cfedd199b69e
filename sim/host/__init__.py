"""The same calls on the machine's real kernel."""
