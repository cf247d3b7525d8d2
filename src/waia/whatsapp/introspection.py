"""What Meta tells of our token, app, account and numbers, for people who look for what is wrong.

Each question raises GraphTrouble where Meta refuses it or cannot be reached.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from waia.whatsapp.client import Answer, GraphClient, GraphTrouble
from waia.whatsapp.fields import elements, flag, identifier, moment, node, text
from waia.whatsapp.lenient_json import Node, Unreadable, decode

NUMBER_FIELDS = "display_phone_number,verified_name,status,quality_rating,name_status,throughput"
OUR_OBJECT = "whatsapp_business_account"
LONGEST_DATE = 29


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """`expires_at` None: never. `reason` is Meta's, where the token is not valid. `read_at` is Meta's clock."""

    is_valid: bool
    app_id: str
    expires_at: datetime | None
    scopes: frozenset[str]
    reason: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """Meta's own words; empty where it tells nothing."""

    display: str
    name: str
    status: str
    quality: str
    name_status: str
    throughput: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where the app wants its webhooks, and of which fields."""

    callback: str
    is_active: bool
    fields: frozenset[str]


async def token_facts(client: GraphClient, token: str) -> TokenFacts:
    """Asked by the token about itself; Meta takes a token to look at in the address only."""
    answer = await client.ask("debug_token", input_token=token)
    told = node(_content(answer).get("data"))
    reason = text(node(told.get("error")).get("message")).replace(token, "•••")
    scopes = frozenset(text(each) for each in elements(told.get("scopes")))
    app_id = identifier(told.get("app_id")) or ""
    return TokenFacts(flag(told.get("is_valid")), app_id, moment(told.get("expires_at")), scopes, reason, _date(answer))


async def number_facts(client: GraphClient, number_id: str) -> NumberFacts:
    told = _content(await client.ask(number_id, fields=NUMBER_FIELDS))
    return NumberFacts(
        display=text(told.get("display_phone_number")),
        name=text(told.get("verified_name")),
        status=text(told.get("status")),
        quality=text(told.get("quality_rating")),
        name_status=text(told.get("name_status")),
        throughput=text(node(told.get("throughput")).get("level")),
    )


async def numbers_of(client: GraphClient, account_id: str) -> frozenset[str]:
    """The ids of all numbers of the account."""
    listed = await client.listed(account_id, "phone_numbers", limit="100")
    return frozenset(identifier(node(each).get("id")) or "" for each in listed)


async def apps_of(client: GraphClient, account_id: str) -> dict[str, str]:
    """The apps that get the account's webhooks, with the address that the account says instead of the app's."""
    listed = [node(each) for each in await client.listed(account_id, "subscribed_apps")]
    apps = ((node(each.get("whatsapp_business_api_data")), each) for each in listed)
    return {identifier(app.get("id")) or "": text(each.get("override_callback_uri")) for app, each in apps}


async def subscription_of(client: GraphClient, app_id: str, app_secret: str) -> Subscription | None:
    """Asked in the app's name, so a secret of another app is refused; None when the app wants no webhooks of ours."""
    answer = await client.ask(app_id, "subscriptions", token=f"{app_id}|{app_secret}")
    for told in map(node, elements(_content(answer).get("data"))):
        if told.get("object") == OUR_OBJECT:
            return Subscription(text(told.get("callback_url")), flag(told.get("active")), frozenset(_names(told)))
    return None


def _names(told: Node) -> Iterator[str]:
    """Fields come as names, and as objects with a version."""
    for each in elements(told.get("fields")):
        yield text(node(each).get("name")) if isinstance(each, dict) else text(each)


def _content(answer: Answer) -> Node:
    try:
        return node(decode(answer.body))
    except Unreadable:
        raise GraphTrouble("no JSON") from None


def _date(answer: Answer) -> datetime | None:
    """A proxy may add its own before Meta's: the last one counts."""
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(answer.headers.get("date", "")[-LONGEST_DATE:]).astimezone(UTC)
    return None
