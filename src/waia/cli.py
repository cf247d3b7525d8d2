"""The `waia` command."""

import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from waia.kit.light_start import start_light
from waia.settings import SettingError, Settings, load_settings

STEPS_BACK = 10  # a copy is no hurry: customers and agents go first


@click.group(help="waia: WhatsApp Cloud API bot and agent panel.")
@click.version_option(version("waia"), prog_name="waia")
def main() -> None:
    """Each command reads the environment and `.env`."""


@main.command()
@click.option("--web-only", is_flag=True, help="Leave the loops to `waia work` (MariaDB/MySQL only).")
def serve(web_only: bool) -> None:
    """Start the web server, and the loops beside it."""
    start_light()
    from waia.app.server import serve as run

    _guarded(lambda settings: run(settings, web_only=web_only))


@main.command()
@click.option("--only", type=click.Choice(["transcription"]), help="No other loop: for machines that only hear.")
def work(only: str | None) -> None:
    """Run only the loops, beside the same MariaDB/MySQL."""
    start_light()
    from waia.app.server import work as run
    from waia.transcription.repository import TRANSCRIPTS
    from waia.workers.voice_model import VOICE_MODEL

    _guarded(lambda settings: run(settings, (TRANSCRIPTS, VOICE_MODEL) if only else ()))


@main.command()
def demo() -> None:
    """Start a small shop with a WhatsApp simulator; nothing leaves this machine."""
    start_light()
    from waia.app.demo import demo_environment
    from waia.app.server import serve as run

    def start(settings: Settings) -> None:
        click.echo(f"\n  waia demo: http://127.0.0.1:{settings.port}/simulador\n", err=True)
        run(settings)

    _guarded(start, demo_environment(dict(os.environ)))


@main.command()
@click.option("--no-copy", is_flag=True, help="Keep no copy of an older database in WAIA_DATA/backups.")
def upgrade(no_copy: bool) -> None:
    """Bring the database to this version's schema; an empty one is set up."""

    async def run(settings: Settings) -> None:
        from waia.app.upgrade_command import upgrade as bring_up

        for line in await bring_up(settings, copies=0 if no_copy else int(settings.upgrade_backups)):
            click.echo(line)

    _guarded_async(run)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--without-media", is_flag=True, help="Only what is in the database.")
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
@click.option("--keep", type=click.IntRange(min=1), help="In a folder: remove all but the newest so many.")
def backup(file: Path, without_media: bool, force: bool, keep: int | None) -> None:
    """Copy database, files and settings without secrets into FILE, or into a folder; waia may run meanwhile."""

    async def run(settings: Settings) -> None:
        from waia.app.backup_commands import BackupWishes, back_up

        os.nice(STEPS_BACK)
        for line in await back_up(settings, BackupWishes(file, without_media, force, keep or 0), _progress):
            click.echo(line)

    _guarded_async(run)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only read the copy to its end and say whether it is whole.")
@click.option("--force", is_flag=True, help="Put it in the place of what is in the database.")
@click.option("--moving", is_flag=True, help="The other waia was stopped before the copy: send what waited there.")
def restore(file: Path, check: bool, force: bool, moving: bool) -> None:
    """Put a copy back, into either database; waia must not run. All of it or nothing."""

    async def run(settings: Settings) -> None:
        from waia.app.backup_commands import RestoreWishes, put_back

        for line in await put_back(settings, RestoreWishes(file, check, force, moving), _progress):
            click.echo(line)

    _guarded_async(run)


@main.command("create-user")
@click.argument("username")
@click.option("--role", "roles", multiple=True, help="Keyword of a role, such as admin; may be repeated.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def create_user(username: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Create a user, or give an existing one a new password and more roles."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_twice()

    async def run(settings: Settings) -> None:
        from waia.accounts.commands import create_user as create
        from waia.app.parts import make_parts

        parts = make_parts(settings)
        done = await create(parts.database, username, password, roles, parts.clock.real())
        await parts.stop()
        click.echo(f"{username}: {done}")

    _guarded_async(run)


@main.command("create-role")
@click.argument("keyword")
@click.argument("name")
def create_role(keyword: str, name: str) -> None:
    """Create a role: KEYWORD is what rules write in rol_keyword, NAME is what people read."""

    async def run(settings: Settings) -> None:
        from waia.accounts.repository import add_roles_once
        from waia.app.parts import make_parts

        parts = make_parts(settings)
        await parts.database.run(lambda tx: add_roles_once(tx, ((name, keyword),)))
        await parts.stop()
        click.echo(f"{keyword}: {name}")

    _guarded_async(run)


@main.command("rehash-passwords")
@click.option("--list", "list_only", is_flag=True, help="Only list who still has an old hash.")
def rehash_passwords(list_only: bool) -> None:
    """Ask old users' passwords and store them anew, or list who is left."""

    async def run(settings: Settings) -> None:
        from waia.accounts.commands import rehash_passwords as rehash
        from waia.app.parts import make_parts

        parts = make_parts(settings)
        left = await rehash(parts.database, list_only, lambda name: getpass.getpass(f"Password of {name}: "))
        await parts.stop()
        for old in left:
            click.echo(old)

    _guarded_async(run)


@main.command()
def reindex() -> None:
    """Write the index of search anew; waia may run meanwhile."""

    async def run(settings: Settings) -> None:
        from waia.app.parts import make_parts
        from waia.chats.search.rebuild import rebuild

        parts = make_parts(settings)
        messages, contacts = await rebuild(parts.database)
        await parts.stop()
        click.echo(f"The index is up to date: {messages} messages, {contacts} contacts.")

    _guarded_async(run)


@main.command("rebuild-rollups")
def rebuild_rollups() -> None:
    """Count the figures of the board anew from all messages; waia may run meanwhile."""

    async def run(settings: Settings) -> None:
        from waia.app.parts import make_parts
        from waia.dashboard.rebuild import rebuild

        parts = make_parts(settings)
        chats = await rebuild(parts.database, parts.clock, parts.rules)
        await parts.stop()
        click.echo(f"The figures are up to date: {chats} chats.")

    _guarded_async(run)


@main.group()
def audit() -> None:
    """The trail of who did what."""


@audit.command("verify")
def verify_audit() -> None:
    """Check that no row of the trail was changed or removed."""

    async def run(settings: Settings) -> None:
        from waia.accounts.commands import verify_audit as verify
        from waia.app.parts import make_parts

        parts = make_parts(settings)
        verdict = await verify(parts.database)
        await parts.stop()
        click.echo(verdict)

    _guarded_async(run)


@main.group()
def model() -> None:
    """The model that hears voice notes."""


@model.command("download")
@click.argument("language", default="")
def download_model(language: str) -> None:
    """Fetch the model of LANGUAGE (es, pt, en-us…; else the one in use) into WAIA_DATA; what was cut off goes on."""

    async def run(settings: Settings) -> None:
        from waia.app.voice_commands import download

        folder = await download(settings, language, lambda words: click.echo(f"\r{words}", nl=False, err=True))
        click.echo(f"\nThe model is in {folder}.")

    _guarded_async(run)


@model.command("status")
def model_status() -> None:
    """Say whether voice notes can be heard, and what is missing if not."""

    async def run(settings: Settings) -> None:
        from waia.app.voice_commands import status

        for line in status(settings):
            click.echo(line)

    _guarded_async(run)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(as_json: bool) -> None:
    """Say what is wrong, also at Meta, and what to do about it, in WAIA_LANG; 1 if anything has to be mended."""

    async def run(settings: Settings) -> None:
        from waia.app import doctor as desk

        reports = await desk.examined(settings)
        if as_json:
            click.echo(desk.as_json(reports, settings.lang))
        else:
            click.echo("\n".join(desk.lines(reports, settings.lang)))
        if desk.is_ill(reports):
            raise SystemExit(1)

    _guarded_async(run)


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go, and how many bytes.")
def retention(dry_run: bool) -> None:
    """Remove files that are older than WAIA_MEDIA_DAYS; their messages stay."""

    async def run(settings: Settings) -> None:
        from waia.app.file_commands import apply_retention

        for line in await apply_retention(settings, dry_run=dry_run):
            click.echo(line)

    _guarded_async(run)


@main.command("sweep-media")
@click.option("--young-minutes", default=60, show_default=True, help="Leave what is younger: work may not be done.")
def sweep_media(young_minutes: int) -> None:
    """Remove bytes that no row knows and rows that nobody uses; a running waia does so every hour."""

    async def run(settings: Settings) -> None:
        from waia.app.file_commands import sweep

        click.echo(await sweep(settings, young_minutes))

    _guarded_async(run)


@main.command("erase-contact")
@click.argument("who")
@click.option("--dry-run", is_flag=True, help="Only say what there is.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_contact(who: str, dry_run: bool, yes: bool) -> None:
    """Erase WHO (a phone number, a user id of Meta's, or #12) with all messages and files, for ever."""

    async def run(settings: Settings) -> None:
        from waia.app.file_commands import erase, what_there_is

        for line in await what_there_is(settings, who):
            click.echo(line)
        if dry_run or not (yes or click.confirm("Erase all of this for ever?")):
            return
        for line in await erase(settings, who):
            click.echo(line)

    _guarded_async(run)


@main.command("import-legacy")
@click.argument("url")
@click.option(
    "--timezone", "zone", default="", help="Zone in which that database wrote its times: America/Bogota, UTC."
)
@click.option("--media", type=click.Path(path_type=Path), help="Folder of its uploads (static/uploads, or MEDIA_ROOT).")
@click.option(
    "--charset",
    type=click.Choice(["utf8mb4", "latin1"]),
    default="utf8mb4",
    help="latin1 repairs texts that read like «quÃ©».",
)
@click.option("--dry-run", is_flag=True, help="Write nothing, only say what there is and what would be mended.")
@click.option("--compare", is_flag=True, help="Write nothing, decide every old text again and say what would differ.")
@click.option("--replace-flow", is_flag=True, help="Put its rules in the place of those that were edited here.")
@click.option("--keep-flow", is_flag=True, help="Leave the rules here as they are.")
@click.option("--name", default="original", help="For a second original: another name.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report to this file too.")
def import_legacy(**options: Any) -> None:
    """Bring over a database of the original (mysql://user:password@host/name). Stopped anywhere, it goes on."""

    async def run(settings: Settings) -> None:
        from waia.app.moving_command import Wishes
        from waia.app.moving_command import import_legacy as bring

        await bring(settings, Wishes(**options), click.echo)

    _guarded_async(run)


def _guarded(run: Callable[[Settings], None], environ: dict[str, str] | None = None) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from waia.kit.logs import set_up_logging

    try:
        settings = load_settings(environ)
        set_up_logging(settings.log_level, settings.log_file, settings.log_format)
        run(settings)
    except SettingError as error:
        click.echo(f"waia: {error}", err=True)
        raise SystemExit(2) from None
    except OSError as error:
        click.echo(f"waia: {error}", err=True)
        raise SystemExit(1) from None
    except SQLAlchemyError as error:
        click.echo(f"waia: {_of_database(error)}", err=True)
        raise SystemExit(1) from None


def _of_database(error: Exception) -> str:
    """One line for a database that cannot be used; raises what is a fault of ours."""
    from waia.kit.db import is_unusable, plain_words

    if not is_unusable(error):
        raise error
    return (
        f"The database cannot be used ({plain_words(error)}):"
        " check that its server runs, and DATABASE_URL or DB_HOST, DB_USER, DB_PASSWORD and DB_NAME"
    )


def _guarded_async(run: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    from waia.kit.errors import WaiaError

    def start(settings: Settings) -> None:
        with suppress(OSError):  # whoever needs the folder says so
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            asyncio.run(run(replace(settings)))
        except WaiaError as error:
            raise SettingError(error.message) from None

    _guarded(start)


def _progress(words: str) -> None:
    """One line that changes, for who looks on; nothing in a log."""
    if sys.stderr.isatty():
        click.echo(f"\r{words:<70}\r", nl=False, err=True)


def _ask_twice() -> str:
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise click.ClickException("the passwords differ")
    return password
