"""kqueue, as in BSD: knotes, filters, and kevent."""
