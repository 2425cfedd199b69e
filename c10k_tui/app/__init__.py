"""The Textual apps and their pictures."""
