"""A simulated year of charge rules and departures, lived by ours and by core's."""
