"""The command line: one module for each command, and the modules that the commands share.

The commands:

- ``race_screen``: ``c10k-tui``, the race on the screen.
- ``run``: the race without a screen; ``run_output`` writes its table and its JSON.
- ``watch``: an asyncio script on a simulated kernel; ``watch_output`` writes it without a screen.
- ``bench``: the cost of a wake-up; ``bench_run`` does the work, ``bench_output`` writes its table.
- ``calibrate``: a cost table measured on this machine.
- ``capacity``: the number of connections that each lane holds.
- ``compare``: one table of all lanes.
- ``record``, ``replay``, ``export``: recordings.

Shared parts:

- ``main``: dispatch, exit codes, the end of the process.
- ``options``: the parser, :class:`~c10k_tui.cli.options.UsageError`, ``--help`` and ``--version``.
- ``scenario_options``: the options of a scenario.
- ``recording_options``: the options of a recording.
- ``recording_files``: recordings read from and written to disk.
- ``terminal``: checks the terminal; ``--speed`` and ``--theme``.
- ``costs_file``: the path of the user's cost table.
- ``output``: text for an output whose encoding may lack ``µ``.
- ``progress``: progress on standard error.
- ``interruption``: Ctrl-C while a command works.
- ``screenshots``: draws the pictures of the documentation.

Other packages import only :func:`c10k_tui.cli.main.main`, :mod:`~c10k_tui.cli.costs_file` and the parsers
(for tables of options). A command imports Textual, Rich and NumPy only after it has checked its options, so
``--help`` and error messages appear at once.
"""
