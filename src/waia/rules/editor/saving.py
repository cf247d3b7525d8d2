"""Saves the form of a rule: into the draft, or published at once where nothing else waits and nothing new is wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from litestar import Request, Response, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.bot.check import Severity
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.media.repository import find
from waia.media.values import Scope
from waia.rules import editing
from waia.rules.content import MediaRef, RuleContent
from waia.rules.draft import Draft, Pending
from waia.rules.editing import Edited, Overtaken
from waia.rules.editor.answers import Toast, answer
from waia.rules.editor.desk import LARGEST_FORM, RuleDesk, State
from waia.rules.editor.form import Form, content_of, form_of, read_form
from waia.rules.editor.form_errors import errors_of
from waia.rules.editor.pages import may_publish_at_once, shared
from waia.rules.publishing import Ready, prepare, publish

AnyRequest = Request[Any, Any, Any]
OWN_FILE = re.compile(r"/media/([0-9a-f]{32})")
PUBLISHED = N_("Publicado: ya responde así.")
HAS_ERRORS = N_("Quedó en el borrador: corrige lo marcado en rojo antes de publicar.")
NOT_ALONE = N_("Quedó en el borrador con otros cambios: revísalos juntos antes de publicar.")
REVIEW = ("/reglas/publicacion", N_("Revisar"))


@post("/reglas", status_code=200, request_max_body_size=LARGEST_FORM)
async def create(request: AnyRequest, rule_desk: Given[RuleDesk]) -> Response[Any]:
    token = re.sub(r"[^0-9a-f]", "", request.query_params.get("nueva", ""))[:8]
    return await _save(rule_desk, await read_form(request, None, token))


@put("/reglas/{rule_id:int}", request_max_body_size=LARGEST_FORM)
async def update(request: AnyRequest, rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    return await _save(rule_desk, await read_form(request, rule_id))


async def _save(desk: RuleDesk, form: Form) -> Response[Any]:
    before = await desk.state()
    try:
        _refuse(form, desk, before)
        rule_id, toast = await _write(desk, form, before)
    except Invalid as error:
        return refused(desk, before, form.with_errors(error.errors), error.status)
    except Overtaken as error:
        return overtaken(desk, await desk.state(), form, error)
    return await answer(desk, before, rule_id, element=form.element, toast=toast)


def _refuse(form: Form, desk: RuleDesk, state: State) -> None:
    if errors := errors_of(form, state.roles, desk.flow.settings.handlers):
        raise Invalid(errors)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the flow will be once the form is saved, checked and ready to be published."""

    state: State
    ready: Ready


async def _write(desk: RuleDesk, form: Form, before: State) -> tuple[int, Toast | None]:
    """One transaction: the rule in the draft, and the draft in force if that was asked for and may be."""
    plan = await _planned(desk, form, before) if form.typed.publicar else None

    async def work(tx: Transaction) -> tuple[int, Toast | None]:
        content, seen = await with_files(tx, before.draft, content_of(form)), form.typed.seen
        edited = await editing.save(tx, desk.user, form.rule_id, content, seen, desk.real_now, known=before.draft)
        rule_id, toast = edited.rule_id, None
        audited_as = "rule.created" if form.rule_id is None else "rule.changed"
        if plan is not None and rule_id in edited.draft.pending:
            toast = await _published(tx, desk, form, edited, plan)
            if toast is None:
                toast, audited_as = Toast(PUBLISHED), "flow.published"
        old, new = (draft.rules.get(rule_id) for draft in (before.draft, edited.draft))
        await desk.note_rule(tx, audited_as, rule_id, old, new)
        return rule_id, toast

    return await desk.run(work)


async def _planned(desk: RuleDesk, form: Form, before: State) -> _Plan:
    """What checks and packs a whole flow is done before others have to wait for it. Raises as saving will."""
    async with desk.database.reading() as tx:
        content = await with_files(tx, before.draft, content_of(form))
        placed = editing.placed_content(before.draft, form.rule_id, content, form.typed.seen)
        rule_id = before.draft.next_id if form.rule_id is None else form.rule_id
        draft = before.draft.with_change(rule_id, Pending(placed, False, desk.user.name, desk.real_now))
        ready = await prepare(tx, draft)
    return _Plan(await desk.state_of(draft, before.roles), ready)


async def _published(tx: Transaction, desk: RuleDesk, form: Form, edited: Edited, plan: _Plan) -> Toast | None:
    """Why it stays in the draft; None when it is in force. The plan counts where the draft became what was planned."""
    state, ready, draft = plan.state, None, edited.draft
    if draft.live is plan.ready.draft.live and draft.pending == plan.ready.draft.pending:
        ready = replace(plan.ready, draft=draft)
    else:
        state = await desk.state_of(draft, state.roles)
    toast = _why_not(state, form, edited.rule_id)
    if toast is None:
        await publish(tx, desk.user, desk.real_now, ready=ready)
    return toast


def _why_not(state: State, form: Form, rule_id: int) -> Toast | None:
    if not may_publish_at_once(state.draft, form_of(RuleContent(), rule_id)):
        return Toast(NOT_ALONE, link=REVIEW)
    if any(one.severity is Severity.ERROR for one in (*state.checked.blocking, *state.checked.new_errors)):
        return Toast(HAS_ERRORS, link=REVIEW)
    return None


async def with_files(tx: Transaction, draft: Draft, content: RuleContent) -> RuleContent:
    """Addresses of our own files lead to the file itself: those of rules, and those that rules had already."""
    if not content.medias:
        return content
    known = {one.url: one for source in (draft.live, draft.rules) for rule in source.values() for one in rule.medias}
    medias = [await _found(tx, media, known.get(media.url)) for media in content.medias]
    return msgspec.structs.replace(content, medias=tuple(medias))


async def _found(tx: Transaction, media: MediaRef, known: MediaRef | None) -> MediaRef:
    if known is not None:
        return known
    own = OWN_FILE.fullmatch(media.url)
    if own is None:
        return media
    attachment = await find(tx, own[1])
    if attachment is None or attachment.scope is not Scope.RULE or attachment.file_id is None:
        raise Invalid({"media": N_("Ese archivo ya no está. Súbelo otra vez.")})
    return MediaRef(media.url, attachment.mime or media.mime, attachment.file_id)


def refused(desk: RuleDesk, state: State, form: Form, status: int) -> Response[Any]:
    return desk.html("rules/_row_form.html", status=status, form=form, **shared(desk, state))


def overtaken(desk: RuleDesk, state: State, form: Form, error: Overtaken) -> Response[Any]:
    """Both versions: what was typed stays in the form; theirs stands beside, to take or to overwrite."""
    theirs = error.theirs
    changed: Sequence[str] = _differing(content_of(form), theirs) if theirs else ()
    return desk.html(
        "rules/_row_form.html",
        status=error.status,
        form=form.having_seen(error.seen),
        theirs=theirs,
        author=error.author,
        differing=changed,
        overtaken=True,
        **shared(desk, state),
    )


def _differing(mine: RuleContent, theirs: RuleContent) -> list[str]:
    names = (name for name in RuleContent.__struct_fields__ if name not in {"priority", "enabled"})
    return [name for name in names if getattr(mine, name) != getattr(theirs, name)]
