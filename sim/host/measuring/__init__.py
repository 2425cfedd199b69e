"""What calls cost on the machine's real kernel."""
