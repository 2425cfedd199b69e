"""The screens: the race, its help, and the entry of a number."""
