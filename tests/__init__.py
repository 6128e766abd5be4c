"""All tests of the project, and what they run against."""
