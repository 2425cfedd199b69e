"""The simulated kernel: descriptors, open files, wait queues, and the system calls on them."""
