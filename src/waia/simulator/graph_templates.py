"""The template book at the Graph API: list, create, delete; approval comes later by webhook."""

from waia.simulator.account import template_status
from waia.simulator.graph_errors import GraphError, not_found
from waia.simulator.http import Outcome, Request, ok
from waia.simulator.templates import Template, TemplateStatus
from waia.simulator.validate import fields
from waia.simulator.world import World

REVIEW_S = 5.0


async def templates(world: World, waba_id: str, request: Request) -> Outcome:
    """In pages of `limit`, filtered by `name` and `status`."""
    name, status = request.query.get("name", ""), request.query.get("status")
    rows = [each.told() for each in world.templates if name in each.name and status in (None, each.status)]
    limit, start = _count(request, "limit", 25), _count(request, "after", 0)
    page = {"data": rows[start : start + limit], "paging": {"cursors": {"before": str(start)}}}
    if start + limit < len(rows):
        after = str(start + limit)
        page["paging"] = {"cursors": {"before": str(start), "after": after}, "next": _next(request, after)}
    return ok(page)


async def create(world: World, waba_id: str, request: Request) -> Outcome:
    told = request.json()
    fields.only(told, frozenset({"name", "language", "category", "components", "parameter_format"}), "template")
    name, language = (fields.text(told, key, "template", 512) for key in ("name", "language"))
    category = fields.choice(told, "category", "template", ("AUTHENTICATION", "MARKETING", "UTILITY"))
    components = fields.items(told, "components", "template", 1, 5)
    if world.templates.find(name, language):
        raise GraphError(100, f"There is already {language} content for this template.", subcode=2388024)
    template = Template(name, language, components, category, TemplateStatus.PENDING)
    template.parameter_format = str(told.get("parameter_format", "POSITIONAL")).upper()
    world.add_template(template)
    world.background.spawn(_review(world, template))
    return ok({"id": template.id, "status": template.status.value, "category": category})


async def delete(world: World, waba_id: str, request: Request) -> Outcome:
    name = request.query.get("name", "")
    if not world.templates.remove(name):
        raise not_found(name)
    return ok({"success": True})


async def _review(world: World, template: Template) -> None:
    await world.pace.pause(REVIEW_S)
    template_status(world, template, TemplateStatus.APPROVED)


def _count(request: Request, key: str, default: int) -> int:
    value = request.query.get(key, str(default))
    if not value.isdecimal():
        raise GraphError(100, f"Param {key} must be an integer.")
    return int(value)


def _next(request: Request, after: str) -> str:
    kept = "".join(f"&{key}={value}" for key, value in request.query.items() if key in ("limit", "name", "status"))
    return f"{request.base_url}{request.path}?after={after}{kept}"
