#!/usr/bin/env bash
# Textual 8.2.8: the keypad's middle key without NumLock, as the kitty keyboard protocol sends it.
#
# Textual asks terminals for the kitty keyboard protocol. In it, the key "5" of the numeric keypad without NumLock
# is KP_BEGIN, number 57427, sent as CSI 57427 u (or as CSI E). Textual knows the key: CSI E gives "kp_begin".
#
# Expected (written down before the run): CSI 57427 u gives the key "kp_begin" too, without a character.
# Seen: it gives a key whose name and character are U+E053, of Unicode's private area: the number 57427 is taken as
# a code point. The key beside it, 57426 (delete), is read rightly. So a binding of "kp_begin" does not work there.
#
# Installs textual==8.2.8 into a temporary folder and removes it. Exits 1 if this has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q --disable-pip-version-check install textual==8.2.8 >/dev/null 2>&1
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from textual import events
from textual._xterm_parser import XTermParser


def key_of(sequence):
    parser = XTermParser()
    messages = [*parser.feed(sequence), *parser.feed("")]
    return [(message.key, message.character) for message in messages if isinstance(message, events.Key)]


letter, begin, delete = key_of("\x1b[E"), key_of("\x1b[57427u"), key_of("\x1b[57426u")
print("CSI E      ", letter)
print("CSI 57426 u", delete)
print("CSI 57427 u", [(key, ascii(character)) for key, character in begin])
same = letter[0][0] == "kp_begin" and delete[0][1] is None and begin[0][1] == "\ue053"
sys.exit(0 if same else 1)
PYTHON
