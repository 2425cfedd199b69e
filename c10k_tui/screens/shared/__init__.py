"""What several screens use: base screens, help, dialogs."""
