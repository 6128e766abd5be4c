"""When to charge: wall-clock windows, prices, what it takes, and the plan."""
