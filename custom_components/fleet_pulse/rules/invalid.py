"""What is wrong with a rule, by the field of the form that it stands in."""


class InvalidRule(ValueError):
    """A rule cannot be as it is asked for."""

    def __init__(self, field: str, key: str) -> None:
        """Keep where, and which text of the form says what is wrong."""
        super().__init__(f"{field}: {key}")
        self.field = field
        self.key = key
