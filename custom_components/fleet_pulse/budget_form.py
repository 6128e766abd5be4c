"""What a form asks about the budget: the set-up and the options ask alike."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import CONF_BUDGET, CONF_CURRENCY
from .fleet.prices import CURRENCIES
from .preferences import budget_of

MOST: Final = 100_000
"""The largest budget that is taken for meant, in any currency."""


def budget_fields(options: Mapping[str, Any]) -> dict[vol.Marker, Any]:
    """Return the fields of a budget, filled in with what is known."""
    known = budget_of(options)
    currencies = SelectSelector(
        SelectSelectorConfig(options=list(CURRENCIES), mode=SelectSelectorMode.DROPDOWN)
    )
    return {
        vol.Required(CONF_BUDGET, default=f"{known.amount:f}"): str,
        vol.Required(CONF_CURRENCY, default=known.currency): currencies,
    }


def budget_options(user_input: Mapping[str, Any]) -> dict[str, Any] | str:
    """Return the options that were entered, or the key of what is wrong with them."""
    amount = _amount(user_input[CONF_BUDGET])
    if isinstance(amount, str):
        return amount
    return {CONF_BUDGET: f"{amount:f}", CONF_CURRENCY: user_input[CONF_CURRENCY]}


def _amount(entered: str) -> Decimal | str:
    """Return the amount that was entered, or the key of what is wrong with it."""
    try:
        amount = Decimal(entered.strip().replace(",", "."))
    except InvalidOperation:
        return "budget_no_number"
    if not amount.is_finite():
        return "budget_no_number"
    if amount < 0:
        return "budget_negative"
    return "budget_too_large" if amount > MOST else amount
