"""How all tests run: the same examples each time, and no clock decides what passes."""

from hypothesis import settings

# deadline=None: a slow machine is no defect. derandomize: a failure is there again tomorrow.
settings.register_profile("c10k", deadline=None, derandomize=True)
settings.load_profile("c10k")
