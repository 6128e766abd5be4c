"""What is known of a car and what may be asked of it: pure values and tables."""
