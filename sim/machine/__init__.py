"""The simulated processor: virtual time, tasks, the ledger, prices, and the journal of events."""
