"""Every key of the race screen. The footer, the help and the command palette are made from this list.

The list has only keys that every terminal passes on: letters, digits, punctuation of the main block, function
keys.
"""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.screens.race.recording_keys import RECORDING_BINDINGS
from c10k_tui.screens.race.room_plan import Panel
from c10k_tui.screens.race.time_keys import TIME_BINDINGS
from c10k_tui.screens.shared.last_keys import last_bindings
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import N_
from sim.scenario.messages import Message

FDS = Binding.Group(N_("connections"), compact=True)
ACTIVE = Binding.Group(N_("senders"), compact=True)
RATE = Binding.Group(N_("rate"), compact=True)
SPEED = Binding.Group(N_("speed"), compact=True)
LANES = Binding.Group(N_("lanes"), compact=True)
CURVE = Binding.Group(N_("cost"), compact=True)
PRESETS = Binding.Group(N_("presets"), compact=True)
TABLES = Binding.Group(N_("tables"), compact=True)

RACE_BINDINGS: list[Binding] = [
    Binding("space", "pause", N_("Pause"), id="race.pause", tooltip=N_("Stop the race, or let it go on")),
    Binding(
        "plus,equals_sign",
        "fds(1)",
        N_("More connections"),
        key_display="+",
        id="fds.more",
        group=FDS,
        tooltip=N_("The next larger number of 16 … 1,000,000; the race continues"),
    ),
    Binding(
        "minus",
        "fds(-1)",
        N_("Fewer connections"),
        key_display="-",
        id="fds.fewer",
        group=FDS,
        tooltip=N_("The next smaller number; the race continues"),
    ),
    Binding(
        "n",
        "enter_fds",
        N_("Number of connections …"),
        id="fds.enter",
        show=False,
        tooltip=N_("Type any number: 10000, 10k, 1M"),
    ),
    Binding(
        "right_square_bracket",
        "active(1)",
        N_("More active"),
        key_display="]",
        id="active.more",
        show=False,
        group=ACTIVE,
        tooltip=N_("More of the connections send requests"),
    ),
    Binding(
        "left_square_bracket",
        "active(-1)",
        N_("Fewer active"),
        key_display="[",
        id="active.fewer",
        show=False,
        group=ACTIVE,
        tooltip=N_("Fewer of the connections send requests"),
    ),
    Binding(
        "apostrophe",
        "rate(1)",
        N_("Higher rate"),
        key_display="'",
        id="rate.more",
        show=False,
        group=RATE,
        tooltip=N_("More requests per second"),
    ),
    Binding(
        "semicolon",
        "rate(-1)",
        N_("Lower rate"),
        key_display=";",
        id="rate.fewer",
        show=False,
        group=RATE,
        tooltip=N_("Fewer requests per second"),
    ),
    Binding(
        "full_stop",
        "speed(1)",
        N_("Faster"),
        key_display=".",
        id="speed.more",
        group=SPEED,
        tooltip=N_("Show the race faster, up to as fast as possible"),
    ),
    Binding(
        "comma",
        "speed(-1)",
        N_("Slower"),
        key_display=",",
        id="speed.fewer",
        group=SPEED,
        tooltip=N_("Show the race slower"),
    ),
    Binding(
        "w",
        "compare",
        N_("Compare all lanes"),
        id="app.compare",
        show=False,
        group=TABLES,
        tooltip=N_(
            "One table: who scans, who copies, who wakes, who holds the list; measured beside simulated"
        ),
    ),
    Binding(
        "m",
        "capacity",
        N_("Capacity of all lanes"),
        id="app.capacity",
        show=False,
        group=TABLES,
        tooltip=N_("How many connections each lane holds at most, and what gives way beyond"),
    ),
    *(
        Binding(
            key,
            f"panel('{panel}')",
            Message("Panel: {panel}", panel=panel),
            id=f"view.{panel}",
            show=False,
            tooltip=tooltip,
        )
        for key, panel, tooltip in (
            ("4", Panel.PACKETS, N_("The packets and what each does in every lane")),
            ("5", Panel.COUNTERS, N_("Counts since the start")),
            ("6", Panel.COST, N_("The cost of a call that found data, over the last seconds")),
            ("7", Panel.MECHANISM, N_("Larger pictures of the mechanisms, and CPU time by account")),
        )
    ),
    Binding(
        "0,backspace",
        "reset",
        N_("Start again"),
        key_display="0",
        id="race.reset",
        show=False,
        tooltip=N_("From the beginning, with the same seed: the same race"),
    ),
    Binding(
        "x",
        "new_seed",
        N_("New seed"),
        id="race.seed",
        show=False,
        tooltip=N_("From the beginning, with the next seed: other arrivals"),
    ),
    *(
        Binding(
            text.key,
            f"lane('{name}')",
            Message("{name} on or off", name=name),
            id=f"lane.{name}",
            group=LANES,
            tooltip=Message("Let {name} take part in the race, or not; at least one lane stays", name=name),
        )
        for name, text in LANE_TEXTS.items()
        if text.key
    ),
    Binding(
        "d",
        "details",
        N_("Details"),
        id="view.details",
        tooltip=N_("Packets, counters, cost and mechanism below the grids, or the grids alone"),
    ),
    Binding(
        "z",
        "zoom",
        N_("Zoom"),
        id="view.zoom",
        tooltip=N_("One lane on the whole screen; again: the next one, then all"),
    ),
    Binding(
        "g",
        "path",
        N_("One packet"),
        id="app.path",
        tooltip=N_(
            "Follow one packet, step by step, from the wire to the line after await: "
            "the feed's chosen row, the last or next one of the cell under the cursor, else the newest"
        ),
    ),
    Binding(
        "v",
        "curve",
        N_("Cost curve"),
        id="app.curve",
        group=CURVE,
        tooltip=N_("Cost against the number of descriptors: simulated, measured here, and published"),
    ),
    *TIME_BINDINGS,
    Binding(
        "L",
        "choose_lanes",
        N_("All lanes …"),
        id="lane.choose",
        group=LANES,
        show=False,
        tooltip=N_("A list of them: what each is, and since when; four at most race on the screen"),
    ),
    *(
        Binding(
            f"f{number}",
            f"preset('{name}')",
            Message("Preset {name}", name=name),
            id=f"preset.{name}",
            show=False,
            group=PRESETS,
            tooltip=tooltip,
        )
        for number, name, tooltip in (
            (2, "c10k", N_("10,000 descriptors, 3 of them busy")),
            (3, "first-benchmark", N_("2,000 descriptors")),
            (4, "all-active", N_("Everyone talks at once: epoll's lead shrinks")),
            (5, "churn", N_("Connections come and go: epoll_ctl shows up")),
            (6, "small", N_("16 descriptors: nobody needs epoll yet")),
        )
    ),
    Binding(
        "p",
        "next_preset",
        N_("Next preset"),
        id="preset.next",
        show=False,
        group=PRESETS,
        tooltip=N_("c10k, first-benchmark, all-active, churn, small, threads-well, c10k-1999, in turn"),
    ),
    Binding(
        "P",
        "presets",
        N_("Presets"),
        id="preset.list",
        tooltip=N_("A list of all presets: the races, and the classic mistakes one can watch"),
    ),
    Binding(
        "u",
        "cure",
        N_("Cure the fault"),
        id="fault.cure",
        show=False,
        tooltip=N_(
            "Take away the mistake that this race is about and see the difference; again: make it anew"
        ),
    ),
    Binding(
        "l",
        "fd_setsize",
        N_("FD_SETSIZE limit on or off"),
        id="race.fd_setsize",
        show=False,
        tooltip=N_("Whether select stops at 1024 descriptors, as the C library's does"),
    ),
    Binding(
        "f",
        "follow",
        N_("Follow this descriptor"),
        id="feed.follow",
        show=False,
        tooltip=N_("Only what concerns the one under the cursor: rows, when it was read and answered, steps"),
    ),
    Binding(
        "end",
        "newest",
        N_("Feed: newest again"),
        id="feed.end",
        show=False,
        tooltip=N_("Follow the newest packets again after scrolling back"),
    ),
    Binding(
        "h",
        "host",
        N_("Host lane on or off"),
        id="host.toggle",
        show=False,
        tooltip=N_("A real server on this machine's kernel gets the same requests; its calls are measured"),
    ),
    Binding(
        "H",
        "host_mechanism",
        N_("Host lane: next mechanism"),
        id="host.mechanism",
        show=False,
        tooltip=N_("The real server waits in select, poll or epoll"),
    ),
    *RECORDING_BINDINGS,
    *last_bindings("app"),
]

GRID_BINDINGS: list[Binding] = [
    Binding(
        "up", "move(0,-1)", N_("Cursor up"), id="cursor.up", show=False, tooltip=N_("Look at another cell")
    ),
    Binding(
        "down",
        "move(0,1)",
        N_("Cursor down"),
        id="cursor.down",
        show=False,
        tooltip=N_("Look at another cell"),
    ),
    Binding(
        "left",
        "move(-1,0)",
        N_("Cursor left"),
        id="cursor.left",
        show=False,
        tooltip=N_("Look at another cell"),
    ),
    Binding(
        "right",
        "move(1,0)",
        N_("Cursor right"),
        id="cursor.right",
        show=False,
        tooltip=N_("Look at another cell"),
    ),
    Binding(
        "escape", "leave", N_("Cursor off"), id="cursor.off", show=False, tooltip=N_("Show the legend again")
    ),
]
"""Keys of a grid. If no grid has the focus, the race screen passes these keys on to the first lane's grid."""

FEED_BINDINGS: list[Binding] = [
    Binding(
        "enter",
        "choose",
        N_("To this moment"),
        id="feed.choose",
        show=False,
        tooltip=N_("Pause, and go back to when this packet came (also: double click)"),
    ),
    Binding("up", "scroll(1)", N_("Earlier"), id="feed.up", show=False, tooltip=N_("Earlier packets")),
    Binding("down", "scroll(-1)", N_("Later"), id="feed.down", show=False, tooltip=N_("Later packets")),
    Binding(
        "pageup",
        "scroll(10)",
        N_("Much earlier"),
        id="feed.pageup",
        show=False,
        tooltip=N_("Earlier packets"),
    ),
    Binding(
        "pagedown",
        "scroll(-10)",
        N_("Much later"),
        id="feed.pagedown",
        show=False,
        tooltip=N_("Later packets"),
    ),
]
"""Keys of the feed while it has the focus. Then the up and down keys move in the feed."""
