"""io_uring, as in Linux.

``entries`` has what lies in shared memory; ``ring`` the ring itself; ``requests`` what becomes of a
submission, and its price; ``sq_thread`` the polling kernel thread; ``calls`` io_uring_setup and
io_uring_enter, and their prices.
"""
