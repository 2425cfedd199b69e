"""Rules for the waiting calls, all with a timeout of 0, and for epoll_ctl; and the complete program."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz.files import MASKS
from tests.fuzz.machine import PICK, masks
from tests.fuzz.sockets import Sockets

POLL_MASKS = masks("POLL", "RDBAND", "NVAL")
MAXEVENTS = st.sampled_from([-1, -1, -1, 1, 2, 3])


class Programs(Sockets):
    """A growing program with all rules."""

    @precondition(lambda self: self.epolls and self.files)
    @rule(which=PICK, what=PICK, mask=MASKS, by_number=st.booleans())
    def register_file(self, which, what, mask, by_number):
        self.register(self.pick(self.epolls, which), self.pick(self.files, what), mask, by_number=by_number)

    @precondition(lambda self: self.epolls and self.sockets)
    @rule(which=PICK, what=PICK, mask=MASKS)
    def register_socket(self, which, what, mask):
        self.register(self.pick(self.epolls, which), self.pick(self.sockets, what), mask)

    @precondition(lambda self: len(self.epolls) > 1)
    @rule(which=PICK, what=PICK, mask=MASKS)
    def nest(self, which, what, mask):
        self.register(self.pick(self.epolls, which), self.pick(self.epolls, what), mask)

    @precondition(lambda self: self.watched)
    @rule(which=PICK, mask=MASKS)
    def modify(self, which, mask):
        epoll, name = self.pick(self.watched, which)
        self.step(f"{epoll}.modify({name}, {mask})")

    @precondition(lambda self: self.watched)
    @rule(which=PICK)
    def unregister(self, which):
        epoll, name = self.pick(self.watched, which)
        self.watched.remove((epoll, name))
        self.step(f"{epoll}.unregister({name})")

    @precondition(lambda self: self.epolls and self.files)
    @rule(which=PICK, what=PICK, call=st.sampled_from(["unregister({})", "modify({}, select.EPOLLIN)"]))
    def change_anything(self, which, what, call):
        name = self.number(self.pick(self.files, what))
        self.step(f"{self.pick(self.epolls, which)}.{call.format(name)}")

    @precondition(lambda self: self.epolls)
    @rule(which=PICK, most=MAXEVENTS, times=st.integers(1, 3))
    def wait(self, which, most, times):
        for _ in range(times):
            self.step(f"{self.pick(self.epolls, which)}.poll(0, {most})")

    # -- poll and select ------------------------------------------------------------------

    @precondition(lambda self: self.files)
    @rule(which=PICK, mask=POLL_MASKS)
    def look(self, which, mask):
        """Ask poll for one descriptor's mask."""
        self.step(f"mask({self.number(self.pick(self.files, which))}, {mask})")

    @precondition(lambda self: self.files)
    @rule(
        which=PICK,
        what=PICK,
        mask=POLL_MASKS,
        call=st.sampled_from(["register", "register", "modify", "unregister"]),
    )
    def poll_control(self, which, what, mask, call):
        if len(self.polls) <= which % 2:
            (name,) = self.fresh()
            self.step("select.poll()", name)
            self.polls.append(name)
        given = self.pick(self.files, what) + ("" if call == "unregister" else f", {mask}")
        self.step(f"{self.pick(self.polls, which)}.{call}({given})")

    @precondition(lambda self: self.polls)
    @rule(which=PICK)
    def poll(self, which):
        self.step(f"{self.pick(self.polls, which)}.poll(0)")

    @precondition(lambda self: self.files)
    @rule(sets=st.tuples(*[st.lists(PICK, max_size=3)] * 3))
    def select(self, sets):
        given = (", ".join(self.pick(self.files, which) for which in each) for each in sets)
        self.step(f"select.select({', '.join(f'[{names}]' for names in given)}, 0)")
