"""Tests of the planner: windows, prices, what charging takes, and plans as drawings."""
