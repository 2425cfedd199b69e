"""The time that interrupts take from a lane's CPU.

An interrupt has a fixed cost. The softirq that follows has a cost for each packet, and one for each packet
whose socket has somebody hooked on its wait queue (a callback). All of it runs instead of the server, and
delays the step under way.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from sim.machine.accounts import Account, Charge, Count
from sim.machine.records import Effect

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel

CALLBACKS = Effect.READY_LIST | Effect.ALREADY_LISTED | Effect.WOKE_SCAN | Effect.WOKE_TASK
"""Effects that only the callback of a wait queue can cause."""


class InterruptTime:
    """Takes the time of interrupts from the CPU.

    Args:
        kernel: the lane's kernel.
    """

    def __init__(self, kernel: RawKernel) -> None:
        self.kernel = kernel
        self.charges: dict[Hashable, Charge] = kernel.ledger.page()
        """By packets, callbacks and cost of waking tasks: the charge for an interrupt."""

    def begin(self) -> None:
        """An interrupt begins. If the step that earlier ones have delayed is over, nothing is stolen yet."""
        if self.kernel.free_ns != self.kernel.stolen_until_ns:
            self.kernel.stolen_ns = 0

    def take(self, packets: int, callbacks: int) -> None:
        """Take the time of an interrupt from the CPU, and from the step under way.

        Args:
            packets: number of packets.
            callbacks: number of wait-queue callbacks that ran.
        """
        kernel = self.kernel
        key = packets, callbacks, kernel.wake_ns
        charge = self.charges.get(key) or self.charge(*key)
        charge.times += 1
        kernel.stolen_ns += charge.ns
        kernel.free_ns += charge.ns
        if kernel.scan is not None:
            kernel.scan.interrupted(charge.ns)
            kernel.free_ns = kernel.scan.finish_ns()
        kernel.stolen_until_ns = kernel.free_ns

    def charge(self, packets: int, callbacks: int, wake_ns: int) -> Charge:
        """The charge for one interrupt and the softirq work of its packets.

        Args:
            packets: number of packets.
            callbacks: number of wait-queue callbacks that ran.
            wake_ns: cost of waking tasks.
        """
        costs = self.kernel.costs
        spent_ns = costs.interrupt_ns + packets * costs.softirq_ns + callbacks * costs.callback_ns
        spent_ns += wake_ns
        charge = self.charges[packets, callbacks, wake_ns] = Charge(
            ((Account.INTERRUPT, spent_ns),), ((Count.INTERRUPTS, 1), (Count.PACKETS, packets))
        )
        return charge
