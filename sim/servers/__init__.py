"""The answers to C10K: one module for each way a server can wait.

All servers do the same work for a request (read it, compute, write the answer) and differ in how
they learn that there is one.
"""
