"""Views of the loop screen.

- ``turn``: a turn of the loop as a ring.
- ``kernel``: descriptors, ready list and arrivals.
- ``stack``: one task's awaits, a culprit's lines, an error.
"""
