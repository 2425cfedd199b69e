"""Completion ports, as in Windows.

``port`` has the port itself, handles and their operations; ``calls`` the calls and their prices.
"""
