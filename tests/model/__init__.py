"""Proof of the model: laws, tables, recordings."""
