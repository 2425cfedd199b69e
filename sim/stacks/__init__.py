"""Source lines of Python programs, and stacks of suspended coroutines. This room knows no kernel.

- :mod:`sim.stacks.code_place`: a line of a program, and whether it is the program's own or the library's.
- :mod:`sim.stacks.await_stack`: the chain of awaits of a suspended coroutine.

Every room may import from here; this room imports nothing else of ``sim``.
"""
