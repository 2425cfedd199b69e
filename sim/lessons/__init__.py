"""Programs to read: an event loop, coroutines, and echo servers in several styles."""
