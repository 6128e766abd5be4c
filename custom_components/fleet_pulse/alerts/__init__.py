"""What is worth telling an owner of a car, and when: no Home Assistant, no clock."""
