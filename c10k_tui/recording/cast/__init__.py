"""The asciicast file: header, lines, keys."""
