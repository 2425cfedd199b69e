"""The simulated kernel: descriptors, open files, ways to wait, and the system calls.

==================  =====================================================================================
kernel              ``RawKernel``: the table of system calls, which hands over to the parts
core                ``KernelCore``: the state that all parts share; how a descriptor closes
descriptors         the descriptor table, its poll masks, and blocks of untouched connections
open_file           the open file: base of all files; it reports its changes
wait_queue          wait queues: the functions that run when a file changes
sleeper             a task that sleeps on one file
poll_bits           poll bits, wake-up keys and errors
socket_options      numbers and values of socket options
blocking_calls      read, write and accept as a thread makes them, built from the system calls
calls/              calls on files and sockets that never wait
files/              the files that a descriptor can point to: one module for each kind
waiting/            select and poll, epoll, kqueue, io_uring, completion ports
==================  =====================================================================================

The arrival of a packet: the network (:mod:`sim.race.network`) delivers it to a socket
(``StreamSocket.deliver`` in ``files/tcp``), the socket changes its poll mask and calls ``OpenFile.notify``
(``open_file``), which wakes the entries of its wait queue (``wait_queue``) and the scans in progress
(``waiting/scan``). The entries belong to the mechanisms: ``Item.wake`` in ``waiting/epoll/epoll_file``,
``Knote.wake``, ``Request.wake``, ``PortHandle.wake``, and ``Sleeper.wake``.

How select's scan is charged: ``ScanPass.spent`` in ``waiting/scan`` for the scan,
``ScanCalls`` in ``waiting/select_and_poll`` for entry, copies and exit.

From above, import ``RawKernel``, the bits and structures that calls take and return, and the classes of
files. The order of layers is: kernel, calls, waiting, files, core. A lower one never imports a higher one.
"""
