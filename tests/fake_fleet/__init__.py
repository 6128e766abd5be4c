"""A small Tesla cloud with cars in it, for tests, demo and benchmark."""
