"""Going back and forth in time.

- ``time_line``: the lanes, run along the current branch to any moment.
- ``checkpoint_store``: all checkpoints of a race, within a memory limit.
- ``checkpoint``: one lane as bytes.
- ``connection_rows``: connections as rows of numbers.
- ``shared_arrays``: arrays that differ little, stored as differences.
"""
