"""The draft's way into force: what it changes in words, what the check says, the versions, and the way back."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.accounts.forms import read_form
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, NotFound
from waia.kit.i18n import N_
from waia.rules import draft_repository as repository
from waia.rules import editing
from waia.rules.difference_words import Sentence, profile_sentences, sentences
from waia.rules.differences import changes_between
from waia.rules.editor.desk import LARGEST_FORM, LONGEST_DETAIL, RuleDesk, State
from waia.rules.editor.pages import shared
from waia.rules.publishing import (
    DraftMoved,
    NothingToPublish,
    Published,
    changed_values,
    prepare,
    prepare_return,
    publish,
    roll_back,
)

AnyRequest = Request[Any, Any, Any]


class HasErrors(Conflict):
    status = 422
    code = "has_errors"
    message = N_("Hay errores en lo que cambiaste. Corrígelos antes de publicar.")


class PublishForm(msgspec.Struct, frozen=True):
    seen: str = ""


@get("/reglas/publicacion")
async def show_changes(rule_desk: Given[RuleDesk]) -> Response[Any]:
    return await asyncio.to_thread(_page, rule_desk, await rule_desk.state())


@post("/reglas/publicacion", status_code=200, request_max_body_size=LARGEST_FORM)
async def publish_draft(request: AnyRequest, rule_desk: Given[RuleDesk]) -> Response[Any]:
    seen = (await read_form(request, PublishForm)).seen
    state = await rule_desk.state()
    async with rule_desk.database.reading() as tx:
        ready = await prepare(tx, state.draft)
    looked_at = seen or await asyncio.to_thread(lambda: state.draft.seen)

    async def work(tx: Transaction) -> Published:
        done = await publish(tx, rule_desk.user, rule_desk.real_now, seen=looked_at, ready=ready)
        await _note(tx, rule_desk, "flow.published", done)
        return done

    try:
        if state.checked.blocking:
            raise HasErrors
        done = await rule_desk.run(work)
    except (DraftMoved, NothingToPublish, HasErrors) as error:
        return _page(rule_desk, await rule_desk.state(), error=error)
    return Redirect(f"/reglas/versiones?publicada={done.version_id}", status_code=303)


@delete("/reglas/borrador", status_code=200)
async def forget_draft(rule_desk: Given[RuleDesk]) -> Response[Any]:
    before = await rule_desk.state()

    async def work(tx: Transaction) -> None:
        await editing.forget_all(tx)
        draft = before.draft
        first, second = changed_values(draft.rules, draft.live, (draft.profile, draft.live_profile))
        await rule_desk.note(tx, "flow.draft_dropped", "draft", first[:LONGEST_DETAIL], second[:LONGEST_DETAIL])

    await rule_desk.run(work)
    return Response(None, headers={"HX-Redirect": "/reglas"})


@get("/reglas/versiones")
async def show_versions(rule_desk: Given[RuleDesk]) -> Response[Any]:
    told = rule_desk.request.query_params.get("publicada", "")
    async with rule_desk.database.reading() as tx:
        found = await repository.versions(tx)
    state = await rule_desk.state()
    return rule_desk.html("rules/versions.html", versions=found, told=told, **shared(rule_desk, state))


@get("/reglas/versiones/{version_id:int}")
async def show_version(rule_desk: Given[RuleDesk], version_id: FromPath[int]) -> Response[Any]:
    """What it changed, and what bringing it back would change now."""
    async with rule_desk.database.reading() as tx:
        version = await repository.version(tx, version_id)
        if version is None:
            raise NotFound
        earlier = await repository.version_before(tx, version_id)
        draft = await repository.read_draft(tx)
    rules = repository.rules_of_version(version)
    before = repository.rules_of_version(earlier) if earlier is not None else {}
    return rule_desk.html(
        "rules/_version.html",
        version=version,
        first=earlier is None,
        changed=(
            profile_sentences(earlier.profile, version.profile) + sentences(changes_between(before, rules))
            if earlier is not None
            else []
        ),
        back=profile_sentences(draft.live_profile, version.profile) + sentences(changes_between(draft.live, rules)),
        rule_count=len(rules),
    )


@post("/reglas/versiones/{version_id:int}/restauracion", status_code=200, request_max_body_size=LARGEST_FORM)
async def restore_version(rule_desk: Given[RuleDesk], version_id: FromPath[int]) -> Response[Any]:
    async with rule_desk.database.reading() as tx:
        ready = await prepare_return(tx, await repository.read_draft(tx), version_id)

    async def work(tx: Transaction) -> Published:
        done = await roll_back(tx, rule_desk.user, version_id, rule_desk.real_now, ready=ready)
        await _note(tx, rule_desk, "flow.rolled_back", done)
        return done

    done = await rule_desk.run(work)
    return Redirect(f"/reglas/versiones?publicada={done.version_id}", status_code=303)


async def _note(tx: Transaction, desk: RuleDesk, action: str, done: Published) -> None:
    before, after = changed_values(done.before, done.after, done.profiles)
    await desk.note(tx, action, f"flow {done.version_id}", before[:LONGEST_DETAIL], after[:LONGEST_DETAIL])


def _page(desk: RuleDesk, state: State, error: Conflict | None = None) -> Response[Any]:
    draft = state.draft
    changed: list[Sentence] = profile_sentences(draft.live_profile, draft.profile)
    changed += sentences(changes_between(draft.live, draft.rules))
    return desk.html(
        "rules/publish.html",
        status=error.status if error else 200,
        sentences=changed,
        error=error.message if error else "",
        **shared(desk, state),
    )
