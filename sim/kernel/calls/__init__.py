"""System calls that act at once: files, descriptors, sockets."""
