"""System calls that wait for several descriptors: one file or folder for each mechanism."""
