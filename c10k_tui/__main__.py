"""``python -m c10k_tui``: the same as the ``c10k-tui`` command."""

import sys

from c10k_tui.cli import main

sys.exit(main())
