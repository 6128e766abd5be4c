"""The dialogs of rules as an owner goes through them: menus, forms, words."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigSubentry
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations

from custom_components.fleet_pulse.const import DOMAIN

from .household import Household


class RuleMaker:
    """The owner of a household before the dialogs of one kind of rule."""

    def __init__(self, house: Household, kind: str = "charge_rule") -> None:
        """Sit down before the page of the account."""
        self.house = house
        self.kind = kind
        self.flow = house.hass.config_entries.subentries

    @property
    def rules(self) -> list[ConfigSubentry]:
        """The rules that there are, in the order in which they were made."""
        return [
            one
            for one in self.house.entry.subentries.values()
            if one.subentry_type == self.kind
        ]

    @property
    def rule(self) -> ConfigSubentry:
        """The one rule there is."""
        (one,) = self.rules
        return one

    def device_id(self, vin: str) -> str:
        """Give the id of a car's device."""
        device = dr.async_get(self.house.hass).async_get_device_by_identifier(
            (DOMAIN, vin), self.house.entry.entry_id
        )
        assert device is not None
        return device.id

    # ---- going through

    async def add(self) -> Any:
        """Choose to add a rule; return its menu."""
        return await self.flow.async_init(
            (self.house.entry.entry_id, self.kind), context={"source": SOURCE_USER}
        )

    async def edit(self, rule: ConfigSubentry | None = None) -> Any:
        """Choose to edit a rule; return what is shown first."""
        return await self.flow.async_init(
            (self.house.entry.entry_id, self.kind),
            context={
                "source": SOURCE_RECONFIGURE,
                "subentry_id": (rule or self.rule).subentry_id,
            },
        )

    async def choose(self, menu: Any, option: str) -> Any:
        """Choose from a menu."""
        assert option in menu["menu_options"], menu
        result = await self.flow.async_configure(
            menu["flow_id"], {"next_step_id": option}
        )
        await self.house.settle()
        return result

    async def submit(self, form: Any, **answers: Any) -> Any:
        """Answer a form: what is not answered is left as it is proposed."""
        assert form["type"] == "form", form
        proposed = {
            str(field): field.description["suggested_value"]
            for field in form["data_schema"].schema
            if field.description and field.description["suggested_value"] is not None
        }
        entered = {**proposed, **answers}
        given = {key: value for key, value in entered.items() if value is not None}
        return await self.flow.async_configure(form["flow_id"], given)

    async def first(self, step: str, **answers: Any) -> Any:
        """Begin a rule with one of the first forms; return what follows."""
        return await self.submit(await self.choose(await self.add(), step), **answers)

    async def make(self, step: str = "ready_by", **answers: Any) -> ConfigSubentry:
        """Make a rule with its first form alone."""
        result = await self.choose(await self.first(step, **answers), "save")
        assert result["type"] == "create_entry", result
        await self.house.settle()
        return self.rules[-1]

    async def put(self, title: str, **data: Any) -> ConfigSubentry:
        """Keep a rule just so, as one that was made long ago is kept."""
        rule = ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=self.kind,
            title=title,
            unique_id=None,
        )
        self.house.hass.config_entries.async_add_subentry(self.house.entry, rule)
        await self.house.settle()
        return rule

    # ---- reading

    async def words(self, result: Any) -> str:
        """Give what a step says to the owner; every text exists and is complete."""
        texts = await async_get_translations(
            self.house.hass, "en", "config_subentries", [DOMAIN]
        )
        filled = result.get("description_placeholders") or {}
        shown = [
            texts[f"component.{DOMAIN}.config_subentries.{self.kind}.{key}"]
            for key in _keys(result)
        ]
        return "\n".join(text.format(**filled) for text in shown)


def _keys(result: Any) -> list[str]:
    """Give the keys of the texts that a step shows."""
    if result["type"] == "abort":
        return [f"abort.{result['reason']}"]
    step = f"step.{result['step_id']}"
    head = [f"{step}.title", f"{step}.description"]
    if result["type"] == "menu":
        parts = ("menu_options", "menu_option_descriptions")
        return head + [
            f"{step}.{part}.{key}" for key in result["menu_options"] for part in parts
        ]
    fields = [str(field) for field in result["data_schema"].schema]
    errors = [f"error.{key}" for key in (result["errors"] or {}).values()]
    named = [
        f"{step}.{part}.{field}"
        for field in fields
        for part in ("data", "data_description")
    ]
    return [*head, *named, *errors]
