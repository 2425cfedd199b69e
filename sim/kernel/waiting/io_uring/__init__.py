"""io_uring, as in Linux.

``entries`` has the content of the shared memory; ``ring`` the ring itself; ``requests`` how a submission is
run, and its price; ``sq_thread`` the polling kernel thread; ``calls`` io_uring_setup and io_uring_enter, and
their prices.
"""
