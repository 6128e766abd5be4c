"""Programs killed at the worst moments."""
