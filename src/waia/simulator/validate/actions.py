"""Checks of what an interactive message lets the customer do, except with products."""

from collections.abc import Callable

from waia.simulator.validate import carousel, fields
from waia.simulator.wire import Json

ACTION = "interactive['action']"
_FLOW_KEYS = frozenset(
    {
        "flow_message_version",
        "flow_id",
        "flow_name",
        "flow_cta",
        "flow_token",
        "mode",
        "flow_action",
        "flow_action_payload",
    }
)


def reply_buttons(action: Json) -> None:
    fields.only(action, frozenset({"buttons"}), ACTION)
    replies = []
    for number, button in enumerate(fields.items(action, "buttons", ACTION, 1, 3)):
        where = f"{ACTION}['buttons'][{number}]"
        fields.only(button, frozenset({"type", "reply"}), where)
        fields.choice(button, "type", where, ("reply",))
        replies.append(fields.mapping(button, "reply", where))
    carousel.check_replies(replies, f"{ACTION}['buttons']")


def rows(action: Json) -> None:
    fields.only(action, frozenset({"button", "sections"}), ACTION)
    fields.text(action, "button", ACTION, 20)
    sections = fields.items(action, "sections", ACTION, 1, 10)
    ids = []
    for number, section in enumerate(sections):
        where = f"{ACTION}['sections'][{number}]"
        fields.only(section, frozenset({"title", "rows"}), where)
        section_title(section, where, len(sections))
        ids += [_row(row, f"{where}['rows']") for row in fields.items(section, "rows", where, 1, 10)]
    if len(ids) > 10:
        raise fields.wrong(f"{ACTION}['sections']", f"must have at most 10 rows in total, it has {len(ids)}")
    fields.unique(ids, f"{ACTION}['sections'] row ids")


def link(action: Json) -> None:
    parameters = named(action, "cta_url")
    carousel.check_link(parameters, f"{ACTION}['parameters']")


def flow(action: Json) -> None:
    where = f"{ACTION}['parameters']"
    parameters = named(action, "flow")
    fields.only(parameters, _FLOW_KEYS, where)
    fields.choice(parameters, "flow_message_version", where, ("3",))
    if ("flow_id" in parameters) == ("flow_name" in parameters):
        raise fields.wrong(where, "must have either 'flow_id' or 'flow_name'")
    fields.text(parameters, "flow_cta", where, 30)
    fields.strings(parameters, ("flow_id", "flow_name", "flow_token"), where)
    if "mode" in parameters:
        fields.choice(parameters, "mode", where, ("draft", "published"))
    if "flow_action" in parameters:
        fields.choice(parameters, "flow_action", where, ("navigate", "data_exchange"))
    _flow_payload(parameters, where)


def call(action: Json) -> None:
    where = f"{ACTION}['parameters']"
    if "parameters" not in action:
        fields.choice(action, "name", ACTION, ("voice_call",))
        return
    parameters = named(action, "voice_call")
    fields.only(parameters, frozenset({"display_text", "ttl_minutes", "payload"}), where)
    fields.optional_text(parameters, "display_text", where, 20)
    fields.optional_text(parameters, "payload", where, 512)
    minutes = parameters.get("ttl_minutes", 1)
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 43200:
        raise fields.wrong(f"{where}['ttl_minutes']", "must be a whole number from 1 to 43200")


def address(action: Json) -> None:
    where = f"{ACTION}['parameters']"
    parameters = named(action, "address_message")
    fields.only(parameters, frozenset({"country", "values", "saved_addresses"}), where)
    fields.choice(parameters, "country", where, ("IN", "SG"))


def bare(name: str) -> Callable[[Json], None]:
    def check(action: Json) -> None:
        fields.only(action, frozenset({"name"}), ACTION)
        fields.choice(action, "name", ACTION, (name,))

    return check


def named(action: Json, name: str) -> Json:
    fields.only(action, frozenset({"name", "parameters"}), ACTION)
    fields.choice(action, "name", ACTION, (name,))
    return fields.mapping(action, "parameters", ACTION)


def section_title(section: Json, where: str, sections: int) -> None:
    if sections > 1:
        fields.text(section, "title", where, 24)
    elif section.get("title"):
        fields.optional_text(section, "title", where, 24)


def _row(row: Json, where: str) -> str:
    fields.only(row, frozenset({"id", "title", "description"}), where)
    fields.text(row, "title", where, 24)
    if row.get("description"):
        fields.optional_text(row, "description", where, 72)
    return fields.text(row, "id", where, 200)


def _flow_payload(parameters: Json, where: str) -> None:
    if "flow_action_payload" not in parameters:
        return
    payload = fields.mapping(parameters, "flow_action_payload", where)
    place = f"{where}['flow_action_payload']"
    fields.only(payload, frozenset({"screen", "data"}), place)
    fields.text(payload, "screen", place, 512)
    if "data" in payload and not fields.mapping(payload, "data", place):
        raise fields.wrong(f"{place}['data']", "must not be empty")
