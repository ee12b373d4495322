"""One machine: every function, the queue worker, the scheduler and the simulators, in one process."""
