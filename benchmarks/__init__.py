"""Measure what the project promises about speed and memory: ``python -m benchmarks``.

Each figure stands beside its limit and the verdict. A missed limit is reported and fails nothing, because a
busy or slow machine is no defect. Figures are medians of several repetitions. Things that are compared with
each other are measured in turns, so that a change of the machine's load affects both.

Each module but ``report`` (figures and their table), ``timing`` (wall time) and ``terminal`` (the program on
a pseudo-terminal) has a function ``figures()`` and is one benchmark; ``__main__`` lists them.
"""
