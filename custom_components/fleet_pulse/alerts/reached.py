"""Whom the beginning of an episode has reached: only they are told that it is over."""

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any, Final, Self

from ..model import records
from ..model.record import record
from .news import Act, Message

_BEGINS: Final = frozenset({Act.DIGEST, Act.TELL})
_ENDS: Final = frozenset({Act.RETRACT, Act.TELL_OVER})


@record
class Reached:
    """Whom the beginnings of one car's episodes have reached, as long as they go on."""

    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the id of the episode."""

    def by(self, message: Message) -> frozenset[str]:
        """Return whom all has reached that a message is about."""
        known = [set(self.targets.get(one.id, ())) for one in message.episodes]
        return frozenset(set.intersection(*known)) if known else frozenset()

    def after(self, message: Message, got: Collection[str]) -> Self:
        """Return this after a message that some have got."""
        ids = [one.id for one in message.episodes]
        targets = dict(self.targets)
        if message.act in _BEGINS:
            for one in ids:
                targets[one] = tuple(sorted({*targets.get(one, ()), *got}))
        elif message.act in _ENDS:
            for one in ids:
                targets.pop(one, None)
        return type(self)(targets={one: who for one, who in targets.items() if who})

    def of(self, ids: Collection[str]) -> Self:
        """Return what is known of some episodes; those that are over need none."""
        kept = {one: who for one, who in self.targets.items() if one in ids}
        return type(self)(targets=kept)

    def dump(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        dumped: dict[str, Any] = records.dump(self)
        return dumped

    @classmethod
    def load(cls, kept: object) -> Self:
        """Read what was kept; where nothing can be read, nobody was reached."""
        try:
            return records.load(cls, kept)
        except records.InvalidRecord:
            return cls()
