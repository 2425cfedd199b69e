"""The widgets of the race screen."""
