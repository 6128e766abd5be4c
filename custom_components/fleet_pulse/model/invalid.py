"""What is wrong with what was entered, by the field of the form that it stands in."""


class InvalidInput(ValueError):
    """A rule or an alert cannot be as it is asked for."""

    def __init__(self, field: str, key: str) -> None:
        """Keep where, and which text of the form says what is wrong."""
        super().__init__(f"{field}: {key}")
        self.field = field
        self.key = key
