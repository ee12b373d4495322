# A team's own installation: everything scales to zero, and the function's own URL is good enough.
vault                 = "store"
default_max_instances = 5
