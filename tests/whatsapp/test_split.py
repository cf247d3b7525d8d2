"""A body becomes items: all of them, each with its key and its lane."""

import json
from typing import Any

import pytest

from tests.whatsapp.bodies import body
from waia.whatsapp.inbound import Item, ItemKind, split


def tree(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body(name))
    return loaded


def items(value: object) -> tuple[Item, ...]:
    return split(json.dumps(value).encode()).items


def change(value: dict[str, Any], field: str | None = "messages") -> dict[str, Any]:
    metadata = {"metadata": {"phone_number_id": "900100"}}
    named = {"field": field} if field else {}
    return {"entry": [{"id": "700", "changes": [{**named, "value": {**metadata, **value}}]}]}


def test_batch_mixed_entries_changes_messages_statuses() -> None:
    found = [(item.kind, item.dedupe_key, item.phone_number_id, item.waba_id) for item in split(body("batch")).items]
    assert found[:3] == [
        (ItemKind.MESSAGE, "wamid.CARLA029=", "900100", "700"),
        (ItemKind.MESSAGE, "wamid.CARLA030=", "900100", "700"),
        (ItemKind.STATUS, "s:wamid.OURS7=:delivered:", "900100", "700"),
    ]
    assert found[3][0] is ItemKind.ERROR
    assert found[4:] == [
        (ItemKind.MESSAGE, "wamid.CARLA031=", "900100", "700"),
        (ItemKind.MESSAGE, "wamid.DANI1=", "900200", "701"),
        (ItemKind.STATUS, "s:wamid.OURS8=:read:", "900200", "701"),
    ]


def test_a_chat_has_one_lane_and_a_status_has_its_own() -> None:
    lanes = [item.lane_key for item in split(body("batch")).items]
    assert lanes == [
        "900100:CO.1111",
        "900100:CO.1111",
        "st:wamid.OURS7=",
        "acct:700",
        "900100:CO.1111",
        "900200:15550001",
        "st:wamid.OURS8=",
    ]


@pytest.mark.parametrize(
    ("name", "lane"),
    [
        ("text_hidden_phone", "900100:CO.1111"),
        ("group", "900100:Y2FwaV9ncm91cDox"),
        ("calls", "900100:CO.1111"),
        ("standby", "900100:CO.1111"),
        ("coexistence", "900100:CO.1111"),
    ],
)
def test_the_lane_of_a_chat_is_its_person_or_group(name: str, lane: str) -> None:
    assert lane in {item.lane_key for item in split(body(name)).items}


def test_the_id_of_the_contact_card_names_the_lane_when_the_message_has_only_a_phone() -> None:
    told = tree("text")
    del told["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"]
    assert items(told)[0].lane_key == "900100:CO.1111"


def test_keys_of_statuses_tell_participants_apart_in_both_spellings() -> None:
    keys = [item.dedupe_key for item in split(body("statuses")).items][-2:]
    assert keys == ["s:wamid.OURS4=:delivered:573009998877", "s:wamid.OURS4=:delivered:CO.5"]


def test_keys_of_calls_tell_events_apart() -> None:
    keys = [item.dedupe_key for item in split(body("calls")).items if item.kind is not ItemKind.ERROR]
    assert sorted(keys) == ["c:wacid.1=:connect", "c:wacid.1=:terminate", "c:wacid.2=:RINGING"]


def test_keys_too_long_for_their_column_stay_two() -> None:
    long = items(change({"messages": [{"id": "wamid." + "A" * 300}, {"id": "wamid." + "A" * 301}]}))
    assert long[0].dedupe_key != long[1].dedupe_key
    assert all(len(item.dedupe_key) <= 255 and len(item.lane_key) <= 255 for item in long)


def test_a_message_without_an_id_is_kept_under_its_content() -> None:
    message = {"from": "1", "type": "text", "text": {"body": "hola"}}
    first, again = items(change({"messages": [message]})), items(change({"messages": [message]}))
    other = items(change({"messages": [{**message, "text": {"body": "adiós"}}]}))
    assert first[0].dedupe_key.startswith("e:")
    assert first == again
    assert first[0].dedupe_key != other[0].dedupe_key


def test_the_file_of_an_old_message_is_not_lost_to_its_placeholder() -> None:
    history = [item for item in split(body("coexistence")).items if item.kind is ItemKind.HISTORY]
    keys = [item.dedupe_key for item in history]
    assert keys == ["wamid.OLD1=", "wamid.OLD2=", "wamid.OLD3=", "m:wamid.OLD2="]
    assert {item.lane_key for item in history} == {"h:900100:CO.1111", "h:900100:573009998877"}


@pytest.mark.parametrize("broken", [None, 7, "text", [], [[]], {"id": {}}, {"id": "x", "from": []}])
def test_a_broken_sibling_never_sinks_the_others(broken: object) -> None:
    good = [{"id": f"wamid.{number}", "from": "1", "type": "text", "text": {"body": "x"}} for number in (1, 2)]
    found = items(change({"messages": [good[0], broken, good[1]], "statuses": broken, "contacts": broken}))
    assert [item.dedupe_key for item in found if item.dedupe_key in {"wamid.1", "wamid.2"}] == [
        "wamid.1",
        "wamid.2",
    ]


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda told: [told],
        lambda told: {"sample": told},
        lambda told: told["entry"][0],
        lambda told: told["entry"][0]["changes"][0],
        lambda told: {"entry": told["entry"][0]},
        lambda told: {"entry": [{"id": "700", "changes": told["entry"][0]["changes"][0]}]},
        lambda told: {"entry": [None, 5, *told["entry"], {"changes": None}]},
    ],
)
def test_the_message_is_found_in_every_odd_envelope(wrapped: Any) -> None:
    found = items(wrapped(tree("text")))
    assert "wamid.CARLA001=" in {item.dedupe_key for item in found}


def test_the_field_is_found_where_meta_misplaces_it() -> None:
    event = {"event": "ACCOUNT_DELETED"}
    beside = {"entry": [{"id": "7", "field": "account_update", "changes": [{"value": event}]}]}
    inside = {"entry": [{"id": "7", "changes": [{"value": {**event, "field": "account_update"}}]}]}
    for told in (beside, inside):
        assert json.loads(items(told)[0].payload)["field"] == "account_update"


@pytest.mark.parametrize("junk", [b"", b"{", b"5", b'"x"', b"{}", b"[]", b"[1,2]", b"null", b'{"hello": 1}'])
def test_what_is_no_webhook_is_kept_as_unparsable(junk: bytes) -> None:
    assert split(junk).unparsable
    assert split(junk).items == ()


@pytest.mark.parametrize("empty", [{"entry": []}, {"entry": [{"id": "1", "changes": []}]}, change({"messages": []})])
def test_an_empty_webhook_has_nothing_to_do_and_is_no_alarm(empty: object) -> None:
    found = split(json.dumps(empty).encode())
    assert (found.items, found.unparsable) == ((), False)


def test_each_item_carries_only_its_own_contact() -> None:
    told = tree("text")
    value = told["entry"][0]["changes"][0]["value"]
    value["contacts"].insert(0, {"profile": {"name": "Dani"}, "wa_id": "15550001", "user_id": "US.5"})
    payload = json.loads(items(told)[0].payload)
    assert payload["contact"]["profile"]["name"] == "Carla Ríos"
    assert "Dani" not in json.dumps(payload)


def test_a_contact_card_of_somebody_else_is_never_taken() -> None:
    told = tree("text")
    value = told["entry"][0]["changes"][0]["value"]
    value["contacts"] = [{"profile": {"name": "Dani"}, "wa_id": "15550001", "user_id": "US.5"}]
    assert "contact" not in json.loads(items(told)[0].payload)


def test_a_phone_that_now_belongs_to_another_user_id_is_no_match() -> None:
    told = tree("text")
    value = told["entry"][0]["changes"][0]["value"]
    value["contacts"][0]["user_id"] = "CO.9999"
    assert "contact" not in json.loads(items(told)[0].payload)


def test_errors_of_flows_are_no_errors_of_the_cloud_api() -> None:
    found = split(body("account")).items
    assert [item.kind for item in found if b'"flows"' in item.payload] == [ItemKind.ACCOUNT]


def test_ten_thousand_messages_in_one_body_are_ten_thousand_items() -> None:
    messages = [{"id": f"wamid.{number}", "from": str(number), "type": "text"} for number in range(10_000)]
    found = items(change({"messages": messages}))
    assert len({item.dedupe_key for item in found}) == 10_000


def test_one_depth_bomb_spares_its_siblings() -> None:
    whole = body("batch").replace(b'"uno"', b'"uno", "bomb": ' + b"[" * 200_000 + b"]" * 200_000)
    assert len(split(whole).items) == len(split(body("batch")).items)
