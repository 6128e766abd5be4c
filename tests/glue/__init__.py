"""The integration through Home Assistant's front doors, against the fake cloud."""
