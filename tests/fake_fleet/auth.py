"""The token endpoint: codes, refreshes and the application's own tokens."""

from collections.abc import Mapping
import hmac
import json
from typing import Any, Final

from aiohttp import web

from .accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Account, Application
from .gate import NOTES
from .refusal import Refusal, oauth
from .tokens import NotAccepted, Pair
from .world import World

type Parameters = Mapping[str, str]

REFRESH_TOKEN: Final = "refresh_token"


async def parameters(request: web.Request) -> Parameters:
    """Read the parameters, in either of the two forms Tesla takes."""
    match request.content_type:
        case "application/x-www-form-urlencoded":
            return {name: str(value) for name, value in (await request.post()).items()}
        case "application/json":
            try:
                body = await request.json()
            except json.JSONDecodeError:
                body = None
            if isinstance(body, dict):
                return {k: v for k, v in body.items() if isinstance(v, str)}
    raise oauth(400, "invalid_request", "Unable to read the request body")


class TokenEndpoint:
    """`POST /oauth2/v3/token`."""

    def __init__(self, world: World) -> None:
        """Serve the applications of this world."""
        self._world = world

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the one route."""
        return [web.post("/oauth2/v3/token", self.token)]

    async def token(self, request: web.Request) -> web.Response:
        """Answer one of the three grants."""
        given = await parameters(request)
        if request.query_string:
            raise oauth(400, "invalid_request", "Parameters belong in the body")
        application = self._application(given)
        request[NOTES].client_id = application.client_id
        match given.get("grant_type"):
            case "authorization_code":
                answer = self._exchange(application, given)
            case "refresh_token":
                answer = self._refresh(application, given)
            case "client_credentials":
                answer = self._partner(application, given)
            case _:
                raise oauth(400, "unsupported_grant_type", "Unsupported grant_type")
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    def _application(self, given: Parameters) -> Application:
        """Find the application and check its secret where one is due."""
        application = self._world.applications.get(_need(given, "client_id"))
        if application is None:
            raise _unknown_client()
        secret = given.get("client_secret")
        # A refresh needs no secret, but a wrong one is wrong.
        if secret is None and given.get("grant_type") == REFRESH_TOKEN:
            return application
        expected = application.client_secret.encode()
        if not hmac.compare_digest((secret or "").encode(), expected):
            raise _unknown_client()
        return application

    def _exchange(self, application: Application, given: Parameters) -> dict[str, Any]:
        """Give the first tokens for a code."""
        if AUTHORIZATION_CODE not in application.grants:
            raise _unauthorized_client()
        if "code_verifier" in given:
            raise oauth(400, "invalid_request", "Invalid code_verifier")
        code = _need(given, "code")
        redirect_uri = _need(given, "redirect_uri")
        audience = self._audience(given)
        try:
            known = self._world.tokens.take_code(
                code, application.client_id, redirect_uri
            )
        except NotAccepted as error:
            raise oauth(400, "invalid_grant", str(error)) from error
        account = self._world.accounts[known.email]
        pair = self._world.tokens.grant(code, known, account, audience)
        return self._answer(pair, account, application, known.nonce)

    def _refresh(self, application: Application, given: Parameters) -> dict[str, Any]:
        """Rotate a refresh token."""
        token = _need(given, "refresh_token")
        tokens = self._world.tokens
        try:
            family = tokens.family_of(token, application.client_id)
        except NotAccepted as error:
            raise oauth(401, "login_required", str(error)) from error
        account = self._world.accounts[family.email]
        pair = tokens.refresh(family, token, account)
        return self._answer(pair, account, application, None)

    def _partner(self, application: Application, given: Parameters) -> dict[str, Any]:
        """Give the application a token of its own, for one region."""
        if CLIENT_CREDENTIALS not in application.grants:
            raise _unauthorized_client()
        audience = _need(given, "audience").rstrip("/")
        if audience not in self._world.api_urls.values():
            raise oauth(400, "invalid_request", "Invalid resource")
        scopes = _need(given, "scope").split()
        if not application.scopes.issuperset(scopes):
            raise oauth(
                400,
                "invalid_scope",
                "The client is not allowed to access the requested resource.",
            )
        return {
            "access_token": self._world.tokens.partner(application, scopes, audience),
            "expires_in": self._lifetime(),
            "token_type": "Bearer",
        }

    def _audience(self, given: Parameters) -> list[str]:
        """Check the region's address that the client names; give all it covers.

        Tesla documents it as needed, and does without: Home Assistant's own
        integration never names one.
        """
        urls = self._world.api_urls
        audience = given.get("audience", urls["na"]).rstrip("/")
        if audience not in urls.values():
            raise oauth(400, "invalid_request", "Invalid resource")
        # One token covers both of Tesla's western clouds; China is a world apart.
        if audience == urls["cn"]:
            return [audience]
        return [urls["na"], urls["eu"], f"{self._world.auth_url}/oauth2/v3/userinfo"]

    def _answer(
        self,
        pair: Pair,
        account: Account,
        application: Application,
        nonce: str | None,
    ) -> dict[str, Any]:
        """Give the body that carries a pair."""
        answer: dict[str, Any] = {
            "access_token": pair.access,
            "expires_in": self._lifetime(),
            "token_type": "Bearer",
        }
        if pair.refresh is not None:
            answer["refresh_token"] = pair.refresh
        if "openid" in pair.scopes:
            answer["id_token"] = self._world.tokens.id_token(
                account, application.client_id, nonce
            )
        return answer

    def _lifetime(self) -> int:
        """Give the seconds an access token lives."""
        return int(self._world.tokens.access_life.total_seconds())


def _need(given: Parameters, name: str) -> str:
    """Give a parameter that must be there."""
    if not (value := given.get(name)):
        raise oauth(400, "invalid_request", f"Missing parameter: {name}")
    return value


def _unknown_client() -> Refusal:
    """Refuse an application without saying which half was wrong."""
    return oauth(
        401,
        "invalid_client",
        "We don't recognize this client_id and client_secret combination",
    )


def _unauthorized_client() -> Refusal:
    """Refuse a grant that the developer page did not tick."""
    return oauth(
        400,
        "unauthorized_client",
        "The client is not authorized to request a token using this method.",
    )
