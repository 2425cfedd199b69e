"""What the project promises about speed and memory, measured: ``python -m benchmarks``.

Each figure stands beside its limit and the verdict; a limit that is missed is reported and fails
nothing, because a busy or slow machine is no defect. Medians of several repetitions; things that
are compared with each other are measured in turns, so that a change of the machine's mood meets both.
"""
