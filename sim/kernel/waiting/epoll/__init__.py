"""epoll: the interest list, the ready list, and epoll_wait."""
