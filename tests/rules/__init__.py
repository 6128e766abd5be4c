"""What the rules decide."""
