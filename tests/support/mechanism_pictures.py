"""The expected pictures of the lanes in :mod:`tests.support.mechanism_lanes`, by lane and size."""

from __future__ import annotations

PICTURES: dict[str, dict[tuple[int, int], str]] = {
    "select": {
        (18, 1): "scan ████░░░░░░░░░",
        (28, 3): """
▶ 1,256 B ◀ 1,256 B a call
█████████░░░░░░░░░░░░░░░░░░░
3,300 of 10,000 asked
""",
        (58, 3): """
program: holds the list┃ kernel: keeps nothing of it
fd_set ────1,256 B────▶┃ ██████████░░░░░░░░░░░░░░░░░░░░░░░
answer ◀────1,256 B────┃ 3,300 of 10,000 asked
""",
        (98, 6): """
program: holds the list                ┃ kernel: keeps nothing of it
fd_set of 10,000 ───────1,256 B───────▶┃ ██████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
answer ◀────────────1,256 B────────────┃ 3,300 of 10,000 asked in this pass
walks every bit of it                  ┃ 1,256 B copied for each of 2 ready
                                       ┃ a call that sleeps hooks itself on all of them
memory 36.4 MB of 8.59 GB: 3.64 kB a connection
""",
    },
    "poll": {
        (18, 1): "scan ·············",
        (28, 3): """
▶ 80,000 B ◀ 20,000 B a call
····························
between two calls
""",
        (58, 3): """
program: holds the list┃ kernel: keeps nothing of it
pollfd ────80,000 B───▶┃ ·································
answer ◀────20,000 B───┃ no copy here between two calls
""",
        (98, 6): """
program: holds the list                ┃ kernel: keeps nothing of it
pollfd of 10,000 ───────80,000 B──────▶┃ ·························································
answer ◀────────────20,000 B───────────┃ no copy here between two calls
walks every entry of it                ┃ 33,333 B copied for each of 3 ready
                                       ┃ a call that sleeps hooks itself on all of them
memory 36.4 MB of 8.59 GB: 3.64 kB a connection
""",
    },
    "epoll": {
        (18, 1): "ready 4 │560│ +3",
        (28, 3): """
ready 4 │560│3536│8705│12│
◀ 36 B: only the ready
kernel keeps all 10,000
""",
        (58, 3): """
program: keeps no list ┃ kernel: interest list of 10,000
─────────0 B──────────▶┃ ready list 4 │560│3536│8705│12│
events ◀──────36 B─────┃ 12 B for each ready
""",
        (98, 6): """
program: keeps no list                 ┃ kernel: interest list of 10,000
─────────────────0 B──────────────────▶┃ ready list 4 │560│3536│8705│12│
events ◀──────────────36 B─────────────┃ 12 B for each that is ready, no more
                                       ┃ level: asked again until it is read
epoll_ctl ─────────23 so far──────────▶┃ once for each that comes, not in every wait
memory 36.4 MB of 8.59 GB: 3.64 kB a connection
""",
    },
    "kqueue": {
        (18, 1): "queue 2 │560│3536│",
        (28, 3): """
queue 2 │560│3536│
▶ 1 change ◀ 3 events
kernel keeps knotes 10,000
""",
        (58, 3): """
program: keeps no list ┃ kernel: 10,000 knotes
1 change ─────64 B────▶┃ queue 2 │560│3536│
3 events ◀────192 B────┃ both in one kevent call
""",
        (98, 6): """
program: keeps no list                 ┃ kernel: 10,000 knotes (number, filter)
1 change ─────────────64 B────────────▶┃ queue 2 │560│3536│
3 events ◀────────────192 B────────────┃ both in one kevent call
                                       ┃ 123 filters run as packets came
2 for the next call                    ┃ changes need no call of their own
memory 36.4 MB of 8.59 GB: 3.64 kB a connection
""",
    },
    "iocp": {
        (18, 1): "port 2",
        (28, 3): """
port 2 │560+64B│3536+128B│
9,998 hold 41.0 MB locked
threads 1 of 1 run, 0 wait
""",
        (58, 3): """
buffers ─9,998 posted─▶┃ in flight 9,998 · 41.0 MB locked
results ◀──────────────┃ port's queue 2 │560+64B│ +1
has the data already   ┃ threads 1 of 1 run, 0 wait
""",
        (98, 6): """
buffers ─────────9,998 posted─────────▶┃ in flight 9,998 · 41.0 MB locked
results ◀───done: the data is there────┃ port's queue 2 │560+64B│3536+128B│
has the data already                   ┃ threads 1 of 1 run, 0 wait
program: keeps no list                 ┃ kernel: keeps no list, asks nobody
500 started so far                     ┃ 77 completed by packets
memory 36.4 MB of 8.59 GB: 3.64 kB a connection
""",
    },
    "io_uring": {
        (18, 1): "SQ 2 █TH CQ 30 H█T",
        (28, 3): """
╭········H█T·╮╭···H████████╮
· SQ 2       ·· CQ 30      █
╰············╯╰······T█████╯
""",
        (58, 3): """
╭··············H█T╮  armed 10,001      ╭█T·····H█████████╮
· SQ 2 send 560   ·▶ task work 4      ▶█ CQ 30 560+64B   █
╰·················╯  994 buf. free     ╰█████████████████╯
""",
        (98, 6): """
╭·································╮  armed 10,001              ╭·······H█████████████████████████╮
· submissions 2 of 1,024          ·  task work 4               · completions 30 of 4,096         █
· once round: 74                  ·  buffers 994/1,024         · once round: 74                  █
· send 560 recv 3536              ·▶ overflow 0               ▶· 560+64B 3536+128B 12 error 105  █
·                                 ·                            · +27                             █
╰·······T█H·······················╯                            ╰································T╯
""",
    },
    "io_uring-sqpoll": {
        (18, 1): "CQ 30 spins 83%",
        (28, 3): """
╭········H█T·╮╭···H████████╮
· spins 83%  ·· CQ 30      █
╰············╯╰······T█████╯
""",
        (58, 3): """
╭··············H█T╮  armed 10,001      ╭█T·····H█████████╮
· SQ 2 send 560   ·▶ spins 83% CPU    ▶█ CQ 30 560+64B   █
╰·················╯  task work 4       ╰█████████████████╯
""",
        (98, 6): """
╭·································╮  armed 10,001              ╭·······H█████████████████████████╮
· submissions 2 of 1,024          ·  2nd CPU spins, 83% used   · completions 30 of 4,096         █
· once round: 74                  ·  task work 4               · once round: 74                  █
· send 560 recv 3536              ·▶ buffers 994/1,024        ▶· 560+64B 3536+128B 12 error 105  █
·                                 ·  overflow 0                · +27                             █
╰·······T█H·······················╯                            ╰································T╯
""",
    },
    "thread": {
        (18, 1): "queue 3",
        (28, 3): """
CPU  560  ◀ queue 3
█·············· 9,997 asleep
82.0k switches/s · 402 MB
""",
        (58, 3): """
CPU  560  ◀ run queue 3 │3536│8705│12│
█·························· 9,997 of 10,001 threads asleep
82.0k switches/s · 402 MB of 8.59 GB · 83.9 GB reserved
""",
        (98, 6): """
CPU  560  ◀ run queue 3 │3536│8705│12│
█·································································· 9,997 of 10,001 threads asleep
82.0k switches/s · 12 preempted · 5 woken for nothing
no list anywhere: each thread sleeps in a read of its own
memory 402 MB of 8.59 GB: 40.2 kB a connection ██·················································
stacks 83.9 GB of addresses reserved, 9.8× the machine; few are touched
""",
    },
    "pool": {
        (18, 1): "jobs 3 │1│2│3│",
        (28, 3): """
ready 2 │3536│8705│
jobs 3 │1│2│3│
z  ▶  q  z  z  z  z  z  z
""",
        (58, 3): """
ready 2 │3536│8705│
jobs 3 │1│2│3│
workers z    ▶     12  z    z    z    z    z    z
""",
        (98, 6): """
ready 2 │3536│8705│
jobs 3 │1│2│3│
workers asleep     560       12       asleep    asleep    asleep    asleep    asleep    asleep
run queue 1 │12│
82.0k switches/s · 12 preempted · 5 woken for nothing
memory 36.4 MB of 8.59 GB: 3.64 kB a connection
""",
    },
    "epoll-oneshot": {
        (18, 1): "▶   q   z   z",
        (28, 3): """
ready 2 │3536│8705│
disarmed 7
workers ▶    q    z    z
""",
        (58, 3): """
ready 2 │3536│8705│
kernel keeps 10,001 · disarmed 7
workers  560         queued     asleep      asleep
""",
        (98, 6): """
ready 2 │3536│8705│
kernel keeps 10,001 · disarmed 7
workers  560                   queued               asleep                asleep
run queue 1
82.0k switches/s · 12 preempted · 5 woken for nothing
memory 36.4 MB of 8.59 GB: 3.64 kB a connection
""",
    },
    "epoll-exclusive": {
        (18, 1): "▶   q   s   z",
        (28, 3): """
ready 2 │3536│8705│
woken 412 3 2 1
workers ▶    q    s    z
""",
        (58, 3): """
ready 2 │3536│8705│
woken 412 3 2 1 times, 5 for nothing
workers  560         queued     77 stuck    asleep
""",
        (98, 6): """
ready 2 │3536│8705│
woken 412 3 2 1 times, 5 for nothing
workers  560                   queued               77 stuck              asleep
each waits for its own: 2,412 2,003 2,002 2,001
run queue 1
82.0k switches/s · 12 preempted · 5 woken for nothing
""",
    },
}
