"""The template book of the business account, and what a template message must match in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from waia.simulator.graph_errors import GraphError
from waia.simulator.wire import Json

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MEDIA_FORMATS = ("image", "video", "document", "location")
_AUTHENTICATION_BUTTONS = ("OTP", "COPY_CODE")


class TemplateStatus(StrEnum):
    APPROVED = "APPROVED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"


@dataclass(slots=True)
class Template:
    """`components` as in the Graph API: [{"type": "BODY", "text": "Hola {{1}}"}, …]."""

    name: str
    language: str
    components: list[Json] = field(default_factory=list)
    category: str = "UTILITY"
    status: TemplateStatus = TemplateStatus.APPROVED
    id: str = ""
    parameter_format: str = "POSITIONAL"

    def told(self) -> Json:
        return {
            "name": self.name,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "language": self.language,
            "status": self.status.value,
            "category": self.category,
            "id": self.id,
        }


class TemplateBook:
    def __init__(self) -> None:
        self._templates: dict[tuple[str, str], Template] = {}

    def __iter__(self) -> Iterator[Template]:
        return iter(self._templates.values())

    def add(self, template: Template) -> None:
        self._templates[(template.name, template.language)] = template

    def find(self, name: str, language: str) -> Template | None:
        return self._templates.get((name, language))

    def remove(self, name: str) -> int:
        """Deletes the template in all its languages and says how many there were."""
        keys = [key for key in self._templates if key[0] == name]
        for key in keys:
            del self._templates[key]
        return len(keys)

    def usable(self, content: Json) -> Template:
        """The approved template that a message names, its parameters counted; 132xxx otherwise."""
        name, language = content["name"], content["language"]["code"]
        template = self.find(name, language)
        if template is None or template.status in (TemplateStatus.PENDING, TemplateStatus.REJECTED):
            raise GraphError(132001, f"template name ({name}) does not exist in {language}")
        if template.status is TemplateStatus.PAUSED:
            raise GraphError(132015, f"template ({name}) is paused because of its quality")
        if template.status is TemplateStatus.DISABLED:
            raise GraphError(132016, f"template ({name}) is disabled for good")
        _check_parameters(template, content.get("components") or [])
        return template


def _check_parameters(template: Template, given: list[Json]) -> None:
    _check_buttons(template, given)
    for part in ("header", "body"):
        component = _component(template.components, part) or {}
        parameters = (_component(given, part) or {}).get("parameters", [])
        media = str(component.get("format", "")).lower()
        if part == "header" and media in _MEDIA_FORMATS:
            _check_media_header(media, parameters)
        else:
            _check_texts(template, part, component, parameters)


def _check_media_header(media: str, parameters: list[Json]) -> None:
    if len(parameters) != 1:
        raise GraphError(132012, f"header: Format mismatch, expected {media.upper()}, received UNKNOWN")
    if parameters[0]["type"] != media:
        received = str(parameters[0]["type"]).upper()
        raise GraphError(132012, f"header: Format mismatch, expected {media.upper()}, received {received}")


def _check_texts(template: Template, part: str, component: Json, parameters: list[Json]) -> None:
    names = list(dict.fromkeys(_PLACEHOLDER.findall(str(component.get("text", "")))))
    if len(parameters) != len(names):
        details = f"{part}: number of localizable_params ({len(parameters)}) does not match"
        raise GraphError(132000, f"{details} the expected number of params ({len(names)})")
    if any(parameter["type"] in _MEDIA_FORMATS for parameter in parameters):
        raise GraphError(132012, f"{part}: Format mismatch, expected TEXT")
    if template.parameter_format == "NAMED":
        given = sorted(str(parameter.get("parameter_name")) for parameter in parameters)
        if given != sorted(names):
            raise GraphError(132012, f"{part}: Parameter name is missing or unknown")
    _check_length(part, component, parameters)


def _check_length(part: str, component: Json, parameters: list[Json]) -> None:
    length = len(str(component.get("text", ""))) + sum(len(each.get("text", "")) for each in parameters)
    if length > (60 if part == "header" else 1024):
        raise GraphError(132005, f"{part}: Translated text too long")


def _check_buttons(template: Template, given: list[Json]) -> None:
    buttons = (_component(template.components, "buttons") or {}).get("buttons", [])
    filled = {str(each.get("index")) for each in given if str(each.get("type", "")).lower() == "button"}
    for index, button in enumerate(buttons):
        needs_text = _PLACEHOLDER.search(str(button.get("url", "")))
        if (needs_text or button.get("type") in _AUTHENTICATION_BUTTONS) and str(index) not in filled:
            raise GraphError(132000, f"buttons: Button at index {index} requires a parameter")
    if any(int(index) >= len(buttons) for index in filled):
        raise GraphError(132000, "buttons: the template has no button at this index")


def _component(components: list[Json], kind: str) -> Json | None:
    return next((each for each in components if str(each.get("type", "")).lower() == kind), None)
