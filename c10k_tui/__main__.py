"""``python -m c10k_tui``: the same as the ``c10k-tui`` command."""

try:
    from c10k_tui.cli.main import command
except KeyboardInterrupt:
    raise SystemExit(130) from None

command()
