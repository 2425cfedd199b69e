"""Views of the path screen.

- ``strip``: the stages as two lines that separate.
- ``sides``: the head, one side of the screen, the totals.
- ``structures``: the data structures before and after a step.
"""
