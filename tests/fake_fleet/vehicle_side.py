"""The car's end of Tesla's Vehicle Command Protocol: messages in, messages out.

    bytes ─▶ which computer ─▶ handshake ─▶ session info, vouched for
                            └▶ command ─▶ key paired? genuine? ─▶ what does it ask?
                                          ─▶ the car acts ─▶ answer, sealed if asked for

Nothing is raised for what a client does wrong: the car answers with a fault. Faults
can also be ordered by `faults`, which the next messages draw one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
import os
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf.message import DecodeError
from tesla_protocol.command.universal_message_pb2 import (
    Domain,
    MessageFault_E,
    RoutableMessage,
)

from . import vehicle_crypto as crypto
from .decode import Call, decode
from .vehicle_actions import Unreadable
from .vehicle_reply import FAULT_PREFIX, WAIT, Exchange
from .vehicle_session import WITH_SESSION, Computer

UUID_SIZE: Final = 16
NO_FAULT: Final = "NONE"


class Outcome(Protocol):
    """What a car answers to a command."""

    @property
    def result(self) -> bool:
        """Say whether it was done."""

    @property
    def reason(self) -> str:
        """Say why not."""


class Actor(Protocol):
    """What of a car this side needs."""

    @property
    def vin(self) -> str:
        """Say which car it is."""

    @property
    def whitelist(self) -> set[bytes]:
        """Say which keys are paired, as uncompressed points."""

    def act(self, command: str, params: dict[str, Any]) -> Outcome:
        """Do what a command says."""


class Watch(Protocol):
    """What of a clock this side needs."""

    def now(self) -> datetime:
        """Say the time, aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault on order.

    It is drawn by the next genuine command (or handshake) to its domain. The command's
    counter is used up all the same, as a car's would be.
    """

    name: str
    """Tesla's, without the prefix: `BUSY`, `INTERNAL`, …; also `NONE` and `WAIT`."""

    domain: int | None = None
    """Only there; None: wherever the next one goes."""

    acts: bool = False
    """The car does as told, and only then reports the fault."""

    is_of_handshake: bool = False

    is_forged: bool = False
    """A session info goes along that is not vouched for as it should be."""

    def __post_init__(self) -> None:
        """Find a wrong name where it is written, not where it is drawn."""
        if self.name != WAIT:
            MessageFault_E.Value(FAULT_PREFIX + self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message that came, for tests to look at."""

    at: datetime
    domain: int
    counter: int
    calls: tuple[Call, ...]
    outcome: str
    """`ok`, `handshake`, `not_paired`, the car's reason or the fault's name."""

    acted: bool


class VehicleSide:
    """One car's two computers, which take signed messages."""

    def __init__(
        self,
        car: Actor,
        clock: Watch,
        *,
        private_key: ec.EllipticCurvePrivateKey | None = None,
        random: Callable[[int], bytes] = os.urandom,
        epoch_lifetime: timedelta = timedelta(hours=8),
    ) -> None:
        """Boot both computers; without a key each makes its own, as in real cars."""
        self._car = car
        self._clock = clock
        self._random = random
        self.faults: list[Fault] = []
        self.heard: list[Heard] = []
        self.unknown_commands: set[str] = set()
        """What its firmware was built without, by their REST names."""

        self.encrypts_replies = True
        """Firmware before 2024.38 ignores the wish for it."""

        self.echoes_uuid: set[int] = {Domain.DOMAIN_INFOTAINMENT}
        """The security computer has no memory to spare for the request's name."""

        self._computers: dict[int, Computer] = {
            domain: Computer(
                domain=domain,
                vin=car.vin,
                private_key=private_key or ec.generate_private_key(ec.SECP256R1()),
                random=random,
                now=clock.now(),
                epoch_lifetime=epoch_lifetime,
            )
            for domain in (Domain.DOMAIN_VEHICLE_SECURITY, Domain.DOMAIN_INFOTAINMENT)
        }

    def computer(self, domain: int) -> Computer:
        """Find one computer, to skew its clock or look at its epoch."""
        return self._computers[domain]

    def roll_epoch(self, domain: int) -> None:
        """Restart one computer: its sessions are forgotten."""
        self._computers[domain].roll(self._clock.now())

    def reboot(self) -> None:
        """Restart both."""
        for domain in self._computers:
            self.roll_epoch(domain)

    def handle(self, message: bytes) -> bytes:
        """Answer one message."""
        exchange = Exchange(request=RoutableMessage(), now=self._clock.now())
        try:
            exchange.request.ParseFromString(message)
        except DecodeError:
            exchange.refuse("DECODING")
        else:
            self._route(exchange)
        self._note(exchange)
        return exchange.reply.SerializeToString()

    def _route(self, exchange: Exchange) -> None:
        """Address the reply and give the request to the computer it is for."""
        request = exchange.request
        exchange.turn_around()
        if request.to_destination.domain in self.echoes_uuid:
            exchange.reply.request_uuid = request.uuid
        computer = self._computers.get(request.to_destination.domain)
        if computer is None:
            exchange.refuse("INVALID_DOMAINS")
            return
        computer.keep_time(exchange.now)
        if not 0 < len(request.uuid) <= UUID_SIZE:
            exchange.refuse("BAD_PARAMETER")
        elif request.HasField("session_info_request"):
            self._shake_hands(computer, exchange)
        else:
            self._obey(computer, exchange)

    def _shake_hands(self, computer: Computer, exchange: Exchange) -> None:
        """Tell a paired client where this computer stands."""
        client = exchange.request.session_info_request.public_key
        if client not in self._car.whitelist:
            exchange.turn_away()
            return
        exchange.outcome = "handshake"
        fault = self._drawn(computer, of_handshake=True)
        if fault is None:
            exchange.add_session_info(computer, client)
        else:
            self._report(fault, computer, exchange, client)

    def _obey(self, computer: Computer, exchange: Exchange) -> None:
        """Check a command, then have the car do it."""
        signature = exchange.request.signature_data
        client = signature.signer_identity.public_key
        if not signature.HasField("HMAC_Personalized_data"):
            # What is encrypted never gets past Tesla's servers; see `decode.letter`.
            exchange.refuse("BAD_PARAMETER")
        elif client not in self._car.whitelist:
            exchange.refuse("UNKNOWN_KEY_ID")
        elif refusal := computer.refusal(exchange.request, exchange.now):
            exchange.refuse(refusal)
            if refusal in WITH_SESSION:
                exchange.add_session_info(computer, client)
        else:
            self._act_or_report(computer, exchange, client)

    def _act_or_report(
        self, computer: Computer, exchange: Exchange, client: bytes
    ) -> None:
        """Do as a genuine command says, unless a fault is on order."""
        try:
            payload = exchange.request.protobuf_message_as_bytes
            exchange.calls = decode(computer.domain, payload)
        except Unreadable as unreadable:
            exchange.refuse(unreadable.fault)
            return
        if any(call.command in self.unknown_commands for call in exchange.calls):
            exchange.refuse("INVALID_COMMAND")
            return
        fault = self._drawn(computer, of_handshake=False)
        if fault is None or fault.acts:
            exchange.acted = True
            exchange.answer(computer.domain, self._act(exchange.calls))
        if fault is not None:
            self._report(fault, computer, exchange, client)
        if exchange.is_to_be_sealed and self.encrypts_replies:
            exchange.seal(
                key=computer.key_with(client),
                nonce=self._random(crypto.NONCE_SIZE),
                vin=self._car.vin,
            )

    def _act(self, calls: tuple[Call, ...]) -> str | None:
        """Have the car do it all; say why it stopped, if it did."""
        for call in calls:
            done = self._car.act(call.command, call.params)
            if not done.result:
                return done.reason
        return None

    def _drawn(self, computer: Computer, *, of_handshake: bool) -> Fault | None:
        """Take the first fault on order that is meant for this message."""
        for position, fault in enumerate(self.faults):
            is_here = fault.domain in (None, computer.domain)
            if is_here and fault.is_of_handshake == of_handshake:
                return self.faults.pop(position)
        return None

    def _report(
        self, fault: Fault, computer: Computer, exchange: Exchange, client: bytes
    ) -> None:
        """Answer with a fault on order."""
        if fault.name == WAIT:
            exchange.wait(computer.domain)
        elif fault.name != NO_FAULT:
            exchange.refuse(fault.name)
        if fault.name in WITH_SESSION or fault.is_forged:
            exchange.add_session_info(computer, client, is_forged=fault.is_forged)

    def _note(self, exchange: Exchange) -> None:
        """Remember what came, and what came of it."""
        signature = exchange.request.signature_data.HMAC_Personalized_data
        self.heard.append(
            Heard(
                at=exchange.now,
                domain=exchange.request.to_destination.domain,
                counter=signature.counter,
                calls=exchange.calls,
                outcome=exchange.outcome,
                acted=exchange.acted,
            )
        )
