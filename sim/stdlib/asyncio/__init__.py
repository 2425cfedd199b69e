"""The asyncio package on a simulated kernel."""
