"""One room at a time: the fakes of tests/support around the real code."""
