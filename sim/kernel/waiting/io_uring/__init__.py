"""io_uring: rings, requests, io_uring_enter, and the polling kernel thread."""
