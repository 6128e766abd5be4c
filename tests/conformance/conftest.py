"""Fixtures of the tests against what others wrote."""

from tests.glue.conftest import house

__all__ = ["house"]
