"""The asciicast file: its header, its events, its keys.

- ``settings``: the values that a recording is run again from.
- ``header``: these values as the first line of the file, and back.
- ``keycodes``: keys as a terminal sends them.
- ``key_script``: keys as a person writes them.
- ``lines``: events as lines of the file.
- ``writer``: writes a file that holds whole lines only.
- ``reader``: checks and reads a file of any origin.
- ``race_prices``: the cost of a race in real time, by a fixed price list.

Every module here may be imported from outside. They import the session's pace, ``text`` and ``sim``.
"""
