"""epoll, as in Linux.

``epoll_file`` has the epoll itself with its items, interest list and ready list; ``calls`` has epoll_create1,
epoll_ctl and epoll_wait, and their prices.
"""
