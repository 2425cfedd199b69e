"""Recordings as pictures: PNG, GIF, SVG, text."""
