"""kqueue, as in FreeBSD.

``kqueue`` has the kqueue itself: registering, and taking events; ``knote`` has the registered pairs and the
queue of active ones; ``filters`` the answers of each kind of file; ``kevent`` the structure and its flags;
``calls`` the calls kqueue and kevent, and their prices.
"""
