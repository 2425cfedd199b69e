"""``python -m c10k_tui``: the same as the ``c10k-tui`` command."""

from c10k_tui.cli.main import command

command()
