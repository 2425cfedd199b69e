"""The asciicast file: its header, its events, its keys.

- ``settings``: the values from which a recording can be run again.
- ``header``: these values as the first line of the file, and back.
- ``keycodes``: keys as the characters that a terminal sends.
- ``key_script``: keys in the notation of a user's script.
- ``lines``: events as lines of the file.
- ``figures``: measured figures as the data of events, and back.
- ``writer``: writes a file of whole lines only.
- ``reader``: checks and reads a file of any origin.
- ``file_kinds``: names a file that is not an asciicast.
- ``replay``: the keys, sizes and pauses with which a recording is run again.
- ``race_prices``: the cost of a race in real time, by a fixed price list.

Every module here may be imported from outside. They import the session's pace, ``text`` and ``sim``.
"""
