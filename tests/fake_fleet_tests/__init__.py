"""Tests of the fake Tesla cloud itself."""
