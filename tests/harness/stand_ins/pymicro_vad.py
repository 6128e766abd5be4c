"""Takes the name of a library that exists as source only; see requirements_test.txt."""


class MicroVad:
    """Detects speech in a satellite's sound; no check has one."""
