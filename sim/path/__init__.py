"""One packet, followed step by step."""
