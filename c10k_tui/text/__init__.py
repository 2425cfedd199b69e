"""Styled text, colours, glyphs, and the words for lanes."""
