"""A small client of the cloud, independent of the integration's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Any, Final

from aiohttp import ClientSession
from yarl import URL

from tests.fake_fleet.accounts import SCOPES, Region
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS
from tests.fake_fleet.specs import MODEL_S_2016, MODEL_Y

REDIRECT_URI: Final = REDIRECT_URIS[0]
ALL_SCOPES: Final = " ".join(SCOPES)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    @property
    def response(self) -> Any:
        """What is inside Tesla's envelope."""
        return self.json["response"]

    @property
    def error(self) -> Any:
        """Tesla's word for what is wrong."""
        return self.json["error"]


@dataclass(slots=True)
class Driver:
    """Signs in, keeps the last pair of tokens, asks."""

    cloud: FakeCloud
    session: ClientSession = field(repr=False)
    access: str = ""
    refresh_token: str = ""

    def authorize_query(self, **changed: str | None) -> dict[str, str]:
        """Give a proper authorization request, with some of it changed."""
        proper: dict[str, str | None] = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "scope": ALL_SCOPES,
            "state": "a/b+c=d",
            "nonce": "n",
            "prompt_missing_scopes": "true",
        }
        return {k: v for k, v in (proper | changed).items() if v is not None}

    async def authorize(self, **changed: str | None) -> Answer:
        """Open the consent page; follow nothing."""
        return await self.call(
            "GET",
            f"{self.cloud.auth_url}/oauth2/v3/authorize",
            query=self.authorize_query(**changed),
        )

    async def code(self, **changed: str | None) -> str:
        """Let the owner agree and take the code out of the redirect."""
        self.cloud.auto_consent = True
        answer = await self.authorize(**changed)
        return URL(answer.headers["Location"]).query["code"]

    async def token(self, **parameters: str | None) -> Answer:
        """Ask the token endpoint."""
        given = {k: v for k, v in parameters.items() if v is not None}
        url = f"{self.cloud.auth_url}/oauth2/v3/token"
        async with self.session.post(url, data=given) as response:
            return Answer(response.status, response.headers, await response.text())

    async def exchange(self, code: str, /, **changed: str | None) -> Answer:
        """Turn a code into tokens."""
        proper: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "audience": self.cloud.api_urls["eu"],
        }
        return await self.token(**(proper | changed))

    async def refresh(
        self, token: str | None = None, /, **changed: str | None
    ) -> Answer:
        """Use a refresh token; keep what comes of it."""
        proper: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "client_id": CLIENT_ID,
            "refresh_token": token or self.refresh_token,
        }
        return self._kept(await self.token(**(proper | changed)))

    async def partner_token(
        self, region: Region = "eu", /, **changed: str | None
    ) -> Answer:
        """Ask for the application's own token and use it from now on."""
        proper: dict[str, str | None] = {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scope": "openid vehicle_device_data vehicle_cmds",
            "audience": self.cloud.api_urls[region],
        }
        return self._kept(await self.token(**(proper | changed)))

    async def sign_in(self, scope: str = ALL_SCOPES) -> None:
        """Sign in as the owner, with these scopes."""
        self._kept(await self.exchange(await self.code(scope=scope)))

    async def get(self, path: str, *, region: Region = "eu", **query: str) -> Answer:
        """Ask a region's API."""
        url = f"{self.cloud.api_urls[region]}{path}"
        return await self.call("GET", url, query=query)

    async def post(
        self, path: str, body: Any = None, *, region: Region = "eu"
    ) -> Answer:
        """Send JSON to a region's API."""
        url = f"{self.cloud.api_urls[region]}{path}"
        return await self.call("POST", url, body=body)

    async def call(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Answer:
        """Send anything anywhere, with the token at hand."""
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        async with self.session.request(
            method, url, params=query, json=body, headers=headers, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await response.text())

    def _kept(self, answer: Answer) -> Answer:
        """Keep the tokens of a good answer."""
        if answer.status == 200:
            self.access = answer.json["access_token"]
            self.refresh_token = answer.json.get("refresh_token", "")
        return answer


def car_path(cloud: FakeCloud, ending: str = "", *, spec: str = MODEL_Y.key) -> str:
    """Give the path of a car by its model."""
    vin = next(vin for vin, car in cloud.cars.items() if car.spec.key == spec)
    return f"/api/1/vehicles/{vin}{ending}"


def old_car_path(cloud: FakeCloud, ending: str = "") -> str:
    """Give the path of the car from before signed commands, which is awake."""
    return car_path(cloud, ending, spec=MODEL_S_2016.key)
