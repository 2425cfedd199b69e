"""Measures the speed and the memory that the project promises: ``python -m benchmarks``.

Each figure stands beside its limit and the verdict. A missed limit is reported, but it is not a failure,
because a busy or slow machine is not a defect of the program. Figures are medians of several repetitions.
Rivals in a comparison are measured in turns, so that a change of the machine's load affects both.

Three modules are tools: ``report`` (figures and their table), ``timing`` (wall time) and ``terminal`` (the
program on a pseudo-terminal). Each other module is one benchmark with a function ``figures()``; ``__main__``
lists them.
"""
