"""Takes the name of a library that exists as source only; see requirements_test.txt."""


class AudioProcessor:
    """Cleans a satellite's sound; no check has one."""
