"""Tests of what is worth telling, and when."""
