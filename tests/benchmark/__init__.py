"""The benchmark: what is shown and what it costs, side by side with others."""
