"""The capacity screen."""
