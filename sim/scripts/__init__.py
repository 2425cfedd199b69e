"""A user's asyncio script, run on a simulated kernel and watched."""
