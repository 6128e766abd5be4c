"""An owner who makes every mistake there is, reads what is wrong, mends it, goes on.

One dialog after another, clicked in a real browser; nothing is ever begun anew. With
`FLEET_PULSE_PICTURES=folder` each step leaves a picture there.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page, ViewportSize
import pytest

from tests.fake_fleet.accounts import GRANTS
from tests.internet import names
from tests.internet.box import Internet
from tests.internet.certificates import Certificate
from tests.internet.web_host import PATH, WebHost

from .browser import Browser
from .cloud import CALLBACK, CLIENT_ID, CLIENT_SECRET, DOMAIN, Cloud
from .dialog import Dialog
from .home import VERSIONS, Home, python_of
from .seed import INTEGRATION
from .story import complaints

ADD: Final = f"/config/integrations/dashboard/add?domain={INTEGRATION.name}"
WINDOW: Final[ViewportSize] = {"width": 1000, "height": 1100}
MISSPELT: Final = "hmoe.example.com"
pytestmark = [pytest.mark.browser, pytest.mark.process]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that an owner can do something wrong with, and the dialog that says so."""

    cloud: Cloud
    home: Home
    internet: Internet
    host: WebHost
    browser: Browser
    dialog: Dialog


@pytest.fixture(params=VERSIONS)
async def scene(
    tmp_path: Path, internet: Internet, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    """Give a Home Assistant behind a domain, whose owner has mistyped the client ID."""
    async with (
        Cloud(tmp_path) as cloud,
        Home(
            tmp_path / "home", program=[names.__file__], python=python_of(request.param)
        ) as home,
    ):
        host = await internet.host(DOMAIN, home.url)
        internet.tell(MISSPELT, addresses=())
        await cloud.start(home.url, auto_consent=False)
        await cloud.host(host.plain_url)
        home.env |= cloud.env | internet.machine(tmp_path)
        await home.start()
        await home.ws(
            "application_credentials/create",
            domain=INTEGRATION.name,
            client_id=f"{CLIENT_ID}x",
            client_secret=CLIENT_SECRET,
            name="Tesla",
        )
        async with Browser(home) as browser:
            page = await browser.open(ADD, size=WINDOW)
            yield Scene(
                cloud=cloud,
                home=home,
                internet=internet,
                host=host,
                browser=browser,
                dialog=Dialog(page, request.node.name.removeprefix("test_")),
            )


# ---- what is done wrong, and how it is mended

type Step = Callable[[Scene], Awaitable[Any]]
type Visit = Callable[[Page], Awaitable[Any]]


async def nothing(_: Scene) -> None:
    """Leave all as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is done wrong before Submit, what is read after it, and what mends it."""

    name: str
    says: str
    spoil: Step = nothing
    at_tesla: Visit | None = None
    """What is done at Tesla; None where the dialog does not lead there."""
    mend: Step = nothing


async def make(scene: Scene, mistakes: Iterable[Mistake]) -> None:
    """Make one mistake after the other, each mended before the next."""
    for mistake in mistakes:
        await mistake.spoil(scene)
        if mistake.at_tesla is None:
            await scene.dialog.press()
        else:
            async with scene.dialog.at_tesla() as page:
                await mistake.at_tesla(page)
        await scene.dialog.reads(mistake.says, picture=mistake.name)
        await mistake.mend(scene)


def edit(**settings: Any) -> Step:
    """Edit the application at Tesla."""
    return lambda scene: scene.cloud.edit(**settings)


def redirect_uri(ending: str) -> Step:
    """Register the redirect URI, with something after it."""
    return lambda scene: scene.cloud.edit(
        redirect_uris=[f"{scene.home.url}{CALLBACK}{ending}"]
    )


def credentials(client_id: str, secret: str) -> Step:
    """Enter client ID and secret."""

    async def enter(scene: Scene) -> None:
        await scene.dialog.fill(client_id, field=0)
        await scene.dialog.fill(secret, field=1)

    return enter


def hosting(behaviour: str, certificate: Certificate = Certificate.GOOD) -> Step:
    """Have the domain's server behave so."""

    async def behave(scene: Scene) -> None:
        scene.host.behaviour, scene.host.certificate = behaviour, certificate

    return behave


def name(**what: Any) -> Step:
    """Have the name service say so of the domain."""

    async def tell(scene: Scene) -> None:
        scene.internet.tell(DOMAIN, **what)

    return tell


def domain(typed: str) -> Step:
    """Enter the domain."""
    return lambda scene: scene.dialog.fill(typed)


def box(label: str) -> Step:
    """Tick a box."""
    return lambda scene: scene.dialog.tick(label)


async def open_up(scene: Scene) -> None:
    """Add the origin at Tesla; and have the router lead back inside."""
    await edit(origins=[f"https://{DOMAIN}"])(scene)
    await scene.host.open_door()


async def take_key(scene: Scene) -> None:
    """Let another application have this Home Assistant's key."""
    async with scene.home.http.get(f"{scene.home.url}{PATH}") as answer:
        await scene.cloud.take_key(await answer.text())


async def give_key_up(scene: Scene) -> None:
    """Remove the other application; and have the domain lead outside again."""
    await scene.cloud.take_key("")
    await name(addresses=(names.PUBLIC,))(scene)


async def pair(scene: Scene) -> None:
    """Scan the code with a phone."""
    await scene.cloud.pair(scene.cloud.vins[0])


async def move_to_america(scene: Scene) -> None:
    """Have an account that is not where the home seems to be; and a wall at Tesla."""
    await scene.cloud.set_account(region="na")
    await scene.cloud.fail("/oauth2/v3/authorize", status=403, times=1)


# ---- at Tesla


async def allow(page: Page) -> None:
    """Allow all."""
    await page.get_by_role("button", name="Allow").click()


async def deny(page: Page) -> None:
    """Allow nothing."""
    await page.get_by_role("button", name="Deny").click()


def without(permission: str) -> Visit:
    """Allow all but one."""

    async def visit(page: Page) -> None:
        await page.get_by_label(permission).uncheck()
        await allow(page)

    return visit


# ---- the tables

ON_THE_WAY: Final = (
    Mistake(
        name="wrong-client-id",
        says="Tesla does not know an application with this client ID",
        mend=credentials(CLIENT_ID, "not the secret"),
    ),
    Mistake(
        name="redirect-uri-with-a-slash",
        spoil=redirect_uri("/"),
        says="Tesla does not know this redirect URI",
        mend=redirect_uri(""),
    ),
    Mistake(
        name="consent-denied",
        at_tesla=deny,
        says="You did not allow access at Tesla",
    ),
    Mistake(
        name="wrong-secret",
        at_tesla=allow,
        says="Tesla refuses the application's client ID or secret",
        mend=credentials(CLIENT_ID, CLIENT_SECRET),
    ),
    Mistake(
        name="needed-scope-missing",
        at_tesla=without("Vehicle information"),
        says="Without it nothing can be shown of a car",
    ),
    Mistake(
        name="scope-missing",
        at_tesla=without("Vehicle location"),
        says="What was not allowed",
        mend=box("Vehicle location:"),
    ),
    Mistake(
        name="region",
        spoil=move_to_america,
        at_tesla=allow,
        says="North America",
    ),
)
"""Before there is an entry. The last is none: a wall before Tesla's page, and an
account in another region, must not stop anybody."""

AT_THE_DOMAIN: Final = (
    Mistake(
        name="no-such-name",
        spoil=domain(MISSPELT),
        says=f"There is no address for {MISSPELT}",
        mend=domain(DOMAIN),
    ),
    Mistake(
        name="wrong-path",
        spoil=hosting("wrong_path"),
        says="Nothing is at this path (status 404)",
    ),
    Mistake(
        name="redirect-301",
        spoil=hosting("redirect_301"),
        says=f"with and without www (301 to www.{DOMAIN})",
    ),
    Mistake(
        name="redirect-308",
        spoil=hosting("redirect_308"),
        says="The address answers with a redirect (308 to",
    ),
    Mistake(
        name="index-html",
        spoil=hosting("index_html"),
        says="A web page answers instead of the key (text/html)",
    ),
    Mistake(
        name="basic-auth",
        spoil=hosting("basic_auth"),
        says="The address wants a login (status 401)",
    ),
    Mistake(
        name="rsa-key",
        spoil=hosting("rsa"),
        says="A key of another kind is at this path (RSA)",
    ),
    Mistake(
        name="other-key",
        spoil=hosting("other_key"),
        says="Another key is at this path",
    ),
    Mistake(
        name="expired-certificate",
        spoil=hosting("good", Certificate.EXPIRED),
        says="The security certificate of this address has expired",
        mend=hosting("good"),
    ),
    Mistake(
        name="hairpin-refused",
        spoil=lambda scene: scene.host.close_door(),
        says=f"No connection to {names.PUBLIC} on port 443 from here",
    ),
    Mistake(
        name="origin-not-allowed",
        spoil=edit(origins=["https://elsewhere.example.net"]),
        says="not under one of the application's allowed origins",
        mend=open_up,
    ),
    Mistake(
        name="private-address",
        spoil=name(addresses=("192.168.1.20",)),
        says="Inside your network this name leads to 192.168.1.20",
    ),
    Mistake(
        name="key-taken",
        spoil=take_key,
        says="Another application at Tesla has this Home Assistant's key",
        mend=give_key_up,
    ),
    Mistake(
        name="machine-to-machine-missing",
        spoil=edit(grants=GRANTS[:1]),
        says="The application at Tesla may not sign in for itself",
        mend=edit(grants=GRANTS),
    ),
)
"""With the key. What cannot be judged from inside stops nobody: Submit goes on."""

TO_THE_CARS: Final = (
    Mistake(name="pair", says="Scan the code"),
    Mistake(name="not-paired", says="The car does not have the key yet", mend=pair),
    Mistake(name="budget", says="Amount a month"),
    Mistake(name="first-read", says="Wake each sleeping car once now to read it"),
    Mistake(name="alerts", says="tell you when something about your car matters"),
    Mistake(name="set-up", says="Everything is set up"),
)
"""The last steps, with the one mistake that is left."""


# ---- the stories


async def begin(scene: Scene) -> None:
    """Add the integration; what to register at Tesla is shown first."""
    await scene.dialog.press("OK")
    await scene.dialog.reads(f"{scene.home.url}{CALLBACK}", picture="register-app")


async def make_key(scene: Scene) -> None:
    """Go from the cars to where the domain is asked for."""
    dialog = scene.dialog
    await dialog.press()
    await dialog.reads("Your cars", picture="cars")
    await dialog.press()
    await dialog.reads("A key for your cars", picture="key")
    await dialog.choose("Create a new key")
    await dialog.reads("The key is ready", picture="key-ready")
    await dialog.press()
    await dialog.reads("Choose who answers there", picture="hosting")
    await dialog.choose("This Home Assistant")
    await dialog.reads("This Home Assistant answers", picture="domain")


async def is_set_up(scene: Scene) -> bool:
    """Say whether there is one entry, which runs, and no page had trouble of its own."""
    (entry,) = await scene.home.entries()
    assert not (said := complaints(scene.home)), said
    return entry["state"] == "loaded" and scene.browser.errors == []


async def test_mistakes_on_the_way_to_tesla(scene: Scene) -> None:
    """Wrong id, secret and address, a "no" at Tesla, and an account far away."""
    await begin(scene)
    await make(scene, ON_THE_WAY)
    await make_key(scene)
    await scene.dialog.fill(DOMAIN)
    await make(scene, TO_THE_CARS)
    assert await is_set_up(scene)


async def test_mistakes_with_the_key(scene: Scene) -> None:
    """Every way to host the key wrong, and every reason of Tesla's to refuse it."""
    await begin(scene)
    await make(scene, ON_THE_WAY[:1])
    await credentials(CLIENT_ID, CLIENT_SECRET)(scene)
    async with scene.dialog.at_tesla() as page:
        await allow(page)
    await scene.dialog.reads("Europe")
    await make_key(scene)
    await make(scene, AT_THE_DOMAIN)
    await make(scene, TO_THE_CARS)
    assert await is_set_up(scene)
