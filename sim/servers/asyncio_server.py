"""The asyncio server: from epoll up to the line after ``await``.

**What asyncio does.** Its selector loop uses one level-triggered epoll. A *turn* of the loop
(``BaseEventLoop._run_once``) begins with one epoll_wait. Its timeout is zero if callbacks are ready;
otherwise it has none. Each reported event makes a callback ready. Then the loop runs the callbacks that are
ready at this moment. Callbacks that become ready meanwhile wait for the next turn. So a request that wakes
the loop takes two turns. In the first turn the transport's callback receives the bytes, gives them to the
reader, and sets the future that ``await reader.read()`` waits for. In the second turn the task continues,
works, and sends the answer at once. Each turn makes an epoll_wait, and the one of the second turn has nothing
new to report.

**What is a model here.** asyncio's own code cannot be stopped in the middle of a callback and restored at a
checkpoint, but a lane's server must be. So the server is a model of asyncio, written as steps. It makes the
system calls that asyncio's selector loop and streams make, in the same order, with the same arguments, at the
same nanosecond, and it counts turns and callbacks in the same way. A test proves this:
``tests/sim/servers/test_asyncio_lane_against_asyncio.py`` runs the same races with the interpreter's own
asyncio on the same kernel, and journals, accounts and counts must be equal. They are, with Python 3.11 to
3.15. The rest of an answer to a slow reader goes out in one call: send in 3.11, sendmsg from 3.12 on, at the
same cost. One difference is known: from 3.14 on asyncio accepts backlog + 1 connections at once. The model
accepts backlog, as 3.11 does, so that a race is the same on every interpreter.

**What is charged.** Kernel and application cost the same as in every lane. The work that asyncio adds, Python
code in user space, is charged as in :func:`sim.stdlib.kernel.asyncio_loop`: one price for a turn (account
*loop*), and one for a callback with the step of its task (account *callback*). Both are means, measured with
this server (:mod:`sim.host.measuring.asyncio_costs`). The servers of the other lanes are priced as C
programs, whose own loops cost almost nothing. A plain Python loop on epoll costs about half a microsecond for
each call, and no lane has that cost.

Left out: the self-pipe, a socket pair in the epoll by which other threads wake the loop (there are no other
threads, and it would shift the numbers of all descriptors); TCP_NODELAY, which asyncio sets only on
connections of a listening socket that asyncio has made (here the program makes the listening socket:
``start_server(sock=…)``); garbage collection.

Why not asyncio itself: the simulated event loop runs it (:mod:`sim.stdlib.asyncio`), but its callbacks are
Python functions in the middle of a call, and no checkpoint can store them.
"""

from __future__ import annotations

from collections import deque

from sim.frames.mechanism import LoopRound, LoopView
from sim.kernel import poll_bits
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD, Event
from sim.machine.accounts import Account, Charge, Count
from sim.machine.clock import CLOCK_READ_NS
from sim.machine.task import Program
from sim.servers.asyncio_streams import Step, Stream, SuspendedAt, accept_ready, read_ready, write_ready
from sim.servers.base import ServerSettings
from sim.servers.epoll import EpollServer

BUSY_TURNS = 50
"""After this many turns without sleep, the view shows the current round, not the last finished one."""


class AsyncioServer(EpollServer, lane="asyncio"):
    """Waits in ``await reader.read()``."""

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.ready: deque[tuple[Step, Stream]] = deque()
        """Callbacks to run (``BaseEventLoop._ready``)."""
        self.left = 0
        """Number of callbacks that this turn still has to run."""
        self.steps: list[tuple[Step, Stream]] = []
        """Steps left of the current callback; the next one is the last."""
        self.current: Stream | None = None
        """The stream of the current callback; None if there is none."""
        self.polling = False
        """True if a turn has begun and its epoll_wait has not returned."""
        self.streams: dict[int, Stream] = {}
        """By descriptor, without idle streams."""
        self.listening = Stream(self.listener_fd, SuspendedAt.OVER)
        """The listening socket."""
        self.listening.reading = True
        self.to_accept = 0
        """Number of connections that the current callback may still accept."""
        self.round = [0, 0, 0, 0]
        """Events, callbacks, turns and nanoseconds of epoll_wait since the loop last had nothing to do."""
        self.last_round: list[int] | None = None
        self._prices = kernel.ledger.page()

    # -- the loop -------------------------------------------------------------------------

    def run(self) -> Program:
        kernel, restart = self.kernel, self.restart
        if not self.started:
            self.started = True
            if self.settings.accepting:
                self.watch(self.listener_fd)
                yield
        while True:
            while self.steps:
                step, stream = self.steps.pop()
                step(self, stream)
                yield
            self._end_callback()
            if self.left:
                self._begin_callback()
                yield
                continue
            if not self.polling:
                self._begin_turn()
                yield
            timeout_ns = 0 if self.ready else None
            most = max(1, self.epoll.count)
            events = yield from kernel.sys_epoll_wait(self.spare_fd, most, timeout_ns, restart)
            self._process(events)
            yield

    def _begin_turn(self) -> None:
        if not self.ready:
            self.last_round, self.round = self.round if self.round[0] else None, [0, 0, 0, 0]
        self.polling = True
        self.round[2] += 1
        self._pay(Account.LOOP, self.kernel.costs.loop_turn_ns, Count.TURNS)

    def _begin_callback(self) -> None:
        self.left -= 1
        step, self.current = self.ready.popleft()
        self.current.queued -= 1
        self.serving_fd = self.current.fd
        self.steps.append((step, self.current))
        self.round[1] += 1
        self._pay(Account.CALLBACK, self.kernel.costs.loop_callback_ns, Count.CALLBACKS)

    def _end_callback(self) -> None:
        stream, self.current, self.serving_fd = self.current, None, None
        if stream is not None and stream.at_rest:
            del self.streams[stream.fd]

    def _pay(self, account: Account, ns: int, count: Count) -> None:
        charge = self._prices.get(count)
        if charge is None:
            charge = self._prices[count] = Charge(((account, ns),), ((count, 1),))
        self.kernel.pay(charge)

    def _process(self, events: list[Event]) -> None:
        """Make callbacks ready for events (``_process_events``), and read the clock, for timers.

        This turn runs the callbacks that are ready now.
        """
        self.polling = False
        self.round[0] += len(events)
        last_call, recent = self.kernel.last_call, self.kernel.recent
        self.round[3] += last_call[6] if events and last_call is not None else recent[-1].ns
        for fd, mask in events:
            stream = self._stream(fd)
            if mask & ~poll_bits.OUT and stream.reading:
                self.soon(accept_ready if stream is self.listening else read_ready, stream)
            if mask & ~poll_bits.IN and stream.writing:
                self.soon(write_ready, stream)
        self.left = len(self.ready)
        self.kernel.work(CLOCK_READ_NS)

    def _stream(self, fd: int) -> Stream:
        if fd == self.listener_fd:
            return self.listening
        stream = self.streams.get(fd)
        if stream is None:
            stream = self.streams[fd] = Stream(fd, SuspendedAt.READ)
        return stream

    # -- for the steps of a callback --------------------------------------------------------

    def soon(self, step: Step, stream: Stream) -> None:
        """Make a callback ready. It runs in the next turn, or in this one while its events are processed."""
        stream.queued += 1
        self.ready.append((step, stream))

    def then(self, step: Step, stream: Stream) -> None:
        """Add a step to the current callback, as the next one."""
        self.steps.append((step, stream))

    def watch_for(self, stream: Stream, reading: bool, writing: bool) -> None:
        """Let the selector watch a connection for other events, with one epoll_ctl if they change."""
        before = stream.events
        stream.reading, stream.writing = reading, writing
        events = stream.events
        if events != before:
            operation = CTL_MOD if events and before else CTL_ADD if events else CTL_DEL
            self.kernel.sys_epoll_ctl(self.spare_fd, operation, stream.fd, events)

    # -- the view ---------------------------------------------------------------------------

    def view(self) -> LoopView:
        costs = self.kernel.costs
        shown = self.round
        if self.last_round is not None and self.round[2] < BUSY_TURNS:
            shown = self.last_round
        events, callbacks, turns, epoll_ns = shown
        loop_ns = turns * costs.loop_turn_ns + callbacks * costs.loop_callback_ns
        return LoopView(
            queued=len(self.ready),
            left=self.left,
            polling=self.polling,
            finished=shown is not self.round,
            round=LoopRound(events, callbacks, turns, loop_ns, epoll_ns),
        )
