"""Benchmarks against Home Assistant's own integration."""
