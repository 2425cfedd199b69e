"""The kinds of files that a descriptor can point to: one module for each.

==========  ================================================================================
socket      base of all sockets, and the interface that a socket is bound to
tcp         a connection to a client outside, and the listening socket
slow_client a connection to a client that reads slowly
urgent_data the receiving half of TCP between simulated sockets: urgent byte, low-water mark
inet        a TCP socket that connects to another simulated one
tcp_states  states of a TCP socket
loopback    ports and handshakes of the simulated loopback interface
unix        a UNIX stream pair
messages    UNIX datagram and sequenced-packet pairs
pipe        pipes
eventfd     counters
timerfd     timers
==========  ================================================================================

Files know :mod:`sim.kernel.core` and no way to wait. An epoll, a kqueue, a ring and a completion port are
files too; they are in :mod:`sim.kernel.waiting`.
"""
