"""The page on which an owner lets an application in, and what may go wrong before."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from aiohttp import web
from yarl import URL

from .accounts import AUTHORIZATION_CODE, SCOPES, Account, Application
from .page import problem, render
from .world import World

UNKNOWN: Final = (
    "We don't recognize this {0}. Please use the {0} found in your app details."
)

MEANING: Final[dict[str, str]] = {
    "energy_cmds": "Energy product commands",
    "energy_device_data": "Energy product information",
    "offline_access": "Stay signed in",
    "openid": "Sign in with your Tesla account",
    "user_data": "Profile information",
    "vehicle_charging_cmds": "Vehicle charging management",
    "vehicle_cmds": "Vehicle commands",
    "vehicle_device_data": "Vehicle information",
    "vehicle_location": "Vehicle location",
}


class Unreadable(Exception):
    """The request names nobody to send the browser back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An authorization request whose sender is known."""

    application: Application
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None
    error: str | None
    """What is wrong with it, in OAuth's words, told to the application."""

    def back(self, **answer: str) -> web.Response:
        """Send the browser back to the application."""
        told = answer | ({"state": self.state} if self.state is not None else {})
        where = URL(self.redirect_uri).update_query(told)
        return web.Response(status=302, headers={"Location": str(where)})


def read(world: World, query: Mapping[str, str]) -> Asked:
    """Read an authorization request; raise when it must not be answered by redirect."""
    application = world.applications.get(query.get("client_id", ""))
    if application is None:
        raise Unreadable(UNKNOWN.format("client_id"))
    redirect_uri = query.get("redirect_uri", "")
    # Letter by letter: a missing slash is another address.
    if redirect_uri not in application.redirect_uris:
        raise Unreadable(UNKNOWN.format("redirect_uri"))
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    return Asked(
        application=application,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=query.get("state"),
        nonce=query.get("nonce"),
        error=_mistake(application, query, scopes),
    )


def _mistake(
    application: Application, query: Mapping[str, str], scopes: tuple[str, ...]
) -> str | None:
    """Find what is wrong with a request whose sender is known."""
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if AUTHORIZATION_CODE not in application.grants:
        return "unauthorized_client"
    if not scopes or not application.scopes.intersection(SCOPES).issuperset(scopes):
        return "invalid_scope"
    # Tesla documents no PKCE for partners; nobody may come to rely on it here.
    if any(name.startswith("code_challenge") for name in query):
        return "invalid_request"
    return None


class ConsentPages:
    """`GET` shows the page, `POST` is the button on it."""

    def __init__(self, world: World) -> None:
        """Serve the owners of this world."""
        self._world = world

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes of the page."""
        path = "/oauth2/v3/authorize"
        return [web.get(path, self.show), web.post(path, self.decide)]

    async def show(self, request: web.Request) -> web.Response:
        """Ask the owner, or agree at once where a script plays the owner."""
        try:
            asked = read(self._world, request.query)
        except Unreadable as error:
            return problem(str(error))
        if asked.error is not None:
            return asked.back(error=asked.error)
        accounts = list(self._world.accounts.values())
        if not accounts:
            return problem("There is no Tesla account to sign in with.")
        if self._world.auto_consent:
            return self._allow(asked, accounts[0], asked.scopes)
        return render("Tesla sign-in", self._form(asked, accounts))

    async def decide(self, request: web.Request) -> web.Response:
        """Do what the owner clicked."""
        try:
            asked = read(self._world, request.query)
        except Unreadable as error:
            return problem(str(error))
        form = await request.post()
        account = self._world.accounts.get(str(form.get("account", "")))
        if asked.error is not None or account is None:
            return asked.back(error=asked.error or "access_denied")
        if form.get("decision") != "allow":
            return asked.back(
                error="access_denied", error_description="User denied access"
            )
        ticked = {str(scope) for scope in form.getall("scope", [])}
        return self._allow(asked, account, ticked.intersection(asked.scopes))

    def _allow(
        self, asked: Asked, account: Account, scopes: tuple[str, ...] | set[str]
    ) -> web.Response:
        """Remember the consent and send the code."""
        granted = account.consent(asked.application.client_id, scopes)
        code = self._world.tokens.new_code(
            asked.application,
            account,
            redirect_uri=asked.redirect_uri,
            scopes=granted,
            nonce=asked.nonce,
        )
        issuer = f"{self._world.auth_url}/oauth2/v3"
        return asked.back(code=code, locale="en-US", issuer=issuer)

    def _form(self, asked: Asked, accounts: list[Account]) -> str:
        """Give the form; it posts to its own address, query included."""
        options = "".join(
            f'<option value="{escape(account.email)}">{escape(account.email)}</option>'
            for account in accounts
        )
        ticks = "".join(
            f'<label><input type="checkbox" name="scope" value="{scope}" checked> '
            f"{MEANING[scope]}</label>"
            for scope in asked.scopes
        )
        name = escape(asked.application.client_id)
        return (
            f'<form method="post" class="card"><p><b>{name}</b> would like to use your'
            f' Tesla account.</p><label>Account <select name="account">{options}'
            f"</select></label><p>{ticks}</p>"
            '<button class="main" name="decision" value="allow">Allow</button>'
            '<button name="decision" value="deny">Deny</button></form>'
        )
