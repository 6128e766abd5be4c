"""The commands a car takes: one row each, in a file for each subject.

A row says everything that differs: Tesla's name, the signed form, the parameters, and
how dangerous, repeatable and urgent it is. The REST form follows from the parameters.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .charging_commands import *  # noqa: F403 - all of them are rows
from .climate_commands import *  # noqa: F403 - all of them are rows
from .closure_commands import *  # noqa: F403 - all of them are rows
from .command import (
    Call,
    Command,
    Domain,
    Expect,
    InvalidCall,
    Kind,
    Param,
    Risk,
    Scope,
    Slot,
)
from .media_commands import *  # noqa: F403 - all of them are rows
from .schedule_commands import *  # noqa: F403 - all of them are rows
from .settings_commands import *  # noqa: F403 - all of them are rows

__all__ = [
    "COMMANDS",
    "Call",
    "Command",
    "Domain",
    "Expect",
    "InvalidCall",
    "Kind",
    "Param",
    "Risk",
    "Scope",
    "Slot",
]


# Every row of these files is in the table: adding a command is adding its row.
COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {
        row.key: row
        for row in sorted(
            (row for row in tuple(globals().values()) if isinstance(row, Command)),
            key=lambda row: row.key,
        )
    }
)
