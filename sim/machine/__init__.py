"""The machine: virtual time, one CPU with its tasks, and the accounts of its time.

===================  ==============================================================================
clock                virtual time in nanoseconds, and timers
cpu                  one CPU: tasks run on it, interrupts take it from them, charges fill its time
task                 a task and its program
device               the sources of interrupts
scheduler            several tasks take turns on the CPU
accounts             accounts, counts, charges and the ledger that sums them
costs                the price of each step, as a table
completion_costs     prices of kqueue, io_uring and completion ports
journal              the list of all events
records              the records of the journal
===================  ==============================================================================

Everything above may import from here. Nothing here knows the kernel, a server or a race.
"""
