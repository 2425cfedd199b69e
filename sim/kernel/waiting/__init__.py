"""Calls that wait for several descriptors: one file or folder for each mechanism.

=================  ==========================================================================
select_and_poll    the calls select and poll: copies, timeouts, prices
scan               the scan that both make: passes, sleep, the price of a pass
scan_request       the descriptors that a call asks for, as bitmaps, an array or a list
epoll/             interest list, ready list, epoll_wait
kqueue/            knotes, filters, kevent
io_uring/          rings, requests, io_uring_enter, the polling kernel thread
completion_port/   overlapped operations and the queue of their results
waiting_call       base of the calls of the last three: a call made of steps
restarted_call     a call that goes on in a program that was started again
=================  ==========================================================================

The mechanisms know files and the core of the kernel, not each other.
"""
