"""Fleet Pulse for Tesla: the owner's cars through Tesla's own Fleet API."""
