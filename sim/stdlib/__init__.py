"""Faces: the standard library's select, socket, os, time and threading modules, on a simulated kernel.

Code written for those modules runs on these: same functions, classes, constants, argument checks,
return types, exceptions and errno. The program that calls them is a process outside the simulated
CPU: each call is one system call there, takes the virtual time that it costs, and a call that
blocks lets virtual time run until it is woken. If nothing can ever wake it, that is a
:class:`sim.Deadlock`, which says who waits for what.

One module of the package stands for one module of the standard library. What a face does not have
is an ``AttributeError`` that says so, never a stub. Objects that are dropped without being closed
stay open: when Python collects them is not a matter of virtual time.
"""
