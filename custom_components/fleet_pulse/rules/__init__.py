"""What a car should be doing: charge rules, departures, and what overrules them."""
