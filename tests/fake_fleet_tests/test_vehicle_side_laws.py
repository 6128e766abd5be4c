"""Laws of the fake car's anti-replay, whatever order messages arrive in."""

from hypothesis import given, settings, strategies as st
import pytest

from tests.fake_fleet.vehicle_session import Window

from .signer import INFOTAINMENT, LIMIT_80, LOCK, VCSEC, Bench, fault_of

COUNTERS = st.integers(min_value=1, max_value=90)
PAYLOADS: dict[int, bytes] = {VCSEC: LOCK, INFOTAINMENT: LIMIT_80}
DOMAINS = st.sampled_from([VCSEC, INFOTAINMENT])


@settings(max_examples=60, deadline=None)
@given(
    domain=DOMAINS, arrivals=st.lists(COUNTERS, max_size=25), reboot=st.integers(0, 25)
)
def test_a_message_is_accepted_once_at_most(
    domain: int, arrivals: list[int], reboot: int
) -> None:
    """Every message is one and the same for its counter; a reboot admits none again."""
    bench = Bench()
    signer = bench.session(domain)
    messages = {
        counter: signer.signed(PAYLOADS[domain], counter=counter)
        for counter in set(arrivals)
    }
    accepted = [
        counter
        for counter in arrivals[:reboot]
        if fault_of(signer.post(messages[counter])) == "NONE"
    ]
    bench.side.reboot()
    accepted += [
        counter
        for counter in arrivals
        if fault_of(signer.post(messages[counter])) == "NONE"
    ]
    assert len(accepted) == len(set(accepted)) == len(bench.car.acts)


@settings(max_examples=60, deadline=None)
@given(newest=st.integers(33, 90), data=st.data())
def test_late_ones_within_the_window_are_accepted_once(
    newest: int, data: st.DataObject
) -> None:
    """Infotainment takes each of the last 32 in any order, and each only once."""
    late = data.draw(
        st.lists(st.integers(newest - 32, newest - 1), min_size=1, max_size=20)
    )
    bench = Bench()
    signer = bench.session()
    signer.post(signer.signed(LIMIT_80, counter=newest))
    faults = [
        fault_of(signer.post(signer.signed(LIMIT_80, counter=counter)))
        for counter in late
    ]
    first = [counter not in late[:position] for position, counter in enumerate(late)]
    assert [fault == "NONE" for fault in faults] == first


@settings(max_examples=60, deadline=None)
@given(newest=st.integers(34, 90), data=st.data())
def test_older_than_the_window_is_never_accepted(
    newest: int, data: st.DataObject
) -> None:
    """It may have been used, so it counts as used."""
    old = data.draw(st.integers(1, newest - 33))
    bench = Bench()
    signer = bench.session()
    signer.post(signer.signed(LIMIT_80, counter=newest))
    reply = signer.post(signer.signed(LIMIT_80, counter=old))
    assert fault_of(reply) == "INVALID_TOKEN_OR_COUNTER"


@settings(max_examples=60, deadline=None)
@given(arrivals=st.lists(COUNTERS, max_size=25))
def test_security_accepts_what_rises(arrivals: list[int]) -> None:
    """Nothing else, and all of that."""
    bench = Bench()
    signer = bench.session(VCSEC)
    faults = [
        fault_of(signer.post(signer.signed(LOCK, counter=counter)))
        for counter in arrivals
    ]
    rises = [
        counter > max(arrivals[:position], default=0)
        for position, counter in enumerate(arrivals)
    ]
    assert [fault == "NONE" for fault in faults] == rises


@pytest.mark.parametrize("step", [1, 2, 31, 32, 33, 64, 1 << 31])
@given(start=st.integers(1, 60))
def test_window_remembers_where_it_came_from(start: int, step: int) -> None:
    """A counter stays used however far the next one jumps."""
    window = Window().slid(start, 32)
    assert window is not None
    ahead = window.slid(start + step, 32)
    assert ahead is not None
    assert ahead.slid(start, 32) is None


@pytest.mark.parametrize("size", [0, 32], ids=["vehicle security", "infotainment"])
@given(arrivals=st.lists(COUNTERS | st.integers(1, 0xFFFF_FFFF), max_size=40))
def test_window_remembers_what_it_must(size: int, arrivals: list[int]) -> None:
    """It agrees with a memory of everything, as far back as it reaches."""
    window, used = Window(), {0}
    for counter in arrivals:
        is_new = counter not in used and counter >= max(used) - size
        slid = window.slid(counter, size)
        assert (slid is not None) == is_new
        window = slid or window
        used |= {counter} if is_new else set()
