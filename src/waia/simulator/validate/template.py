"""Checks of a template message's shape; its existence and parameter count are checked in templates.py."""

import re

from waia.simulator.graph_errors import GraphError
from waia.simulator.validate import fields
from waia.simulator.validate.content import location, media
from waia.simulator.wire import Json

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_INDEX = re.compile(r"[0-9]")
_SUB_TYPES = ("quick_reply", "url", "copy_code", "flow", "catalog", "mpm", "voice_call", "phone_number")
_KINDS = ("header", "body", "button", "carousel", "limited_time_offer", "order_status")


def template(content: Json) -> None:
    fields.only(content, frozenset({"name", "language", "components", "namespace"}), "template")
    name = fields.text(content, "name", "template", 512)
    if not _NAME.fullmatch(name):
        raise GraphError(132001, f"Template name ({name}) does not exist in the translation.")
    language = fields.mapping(content, "language", "template")
    fields.text(language, "code", "template['language']", 16)
    if content.get("components"):
        components(content, "template")


def components(holder: Json, where: str) -> None:
    for number, component in enumerate(fields.items(holder, "components", where, 0, 12)):
        _component(component, f"{where}['components'][{number}]")


def _component(component: Json, where: str) -> None:
    kind = fields.choice({"type": str(component.get("type", "")).lower()}, "type", where, _KINDS)
    if kind == "carousel":
        for number, card in enumerate(fields.items(component, "cards", where, 2, 10)):
            components(card, f"{where}['cards'][{number}]")
        return
    if kind == "button":
        _button(component, where)
    for number, parameter in enumerate(fields.items(component, "parameters", where, 0, 100)):
        _parameter(parameter, f"{where}['parameters'][{number}]")


def _button(component: Json, where: str) -> None:
    fields.choice({"sub_type": str(component.get("sub_type", "")).lower()}, "sub_type", where, _SUB_TYPES)
    index = str(fields.required(component, "index", where))
    if not _INDEX.fullmatch(index):
        raise fields.wrong(f"{where}['index']", "must be a number from 0 to 9")


def _parameter(parameter: Json, where: str) -> None:
    kind = fields.text(parameter, "type", where, 32)
    if kind == "text":
        fields.text(parameter, "text", where, 1024)
    elif kind in ("image", "video", "document"):
        media(kind, fields.mapping(parameter, kind, where), f"{where}['{kind}']")
    elif kind == "location":
        location(fields.mapping(parameter, kind, where), f"{where}['location']")
    elif kind in ("payload", "coupon_code"):
        fields.text(parameter, kind, where, 256)
    elif kind in ("currency", "date_time", "action", "product", "order_status", "limited_time_offer"):
        fields.mapping(parameter, kind, where)
    else:
        raise GraphError(132012, f"Parameter {where} has the unknown type {kind}.")
