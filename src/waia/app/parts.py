"""Everything that lives as long as the process, made once from the settings and handed to whoever needs it."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from waia.accounts.parts import Accounts, open_accounts
from waia.app.backlog import Backlog
from waia.chats.attachments import Attacher
from waia.chats.panel.live import Live
from waia.dashboard.rollups import Rollups
from waia.exports.parts import ExportFiles, open_export_files
from waia.health.report import Examiner
from waia.kit import tasks
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.disk import Disk
from waia.kit.failpoints import reach
from waia.kit.places import AllowedPlaces
from waia.kit.relay import Relay
from waia.kit.render import Pages
from waia.kit.wakeups import Wakeups
from waia.media.download import Downloads
from waia.media.folder import FolderStorage
from waia.media.limits import MB
from waia.media.links import Links
from waia.media.storage import Storage
from waia.media.upkeep import Upkeep
from waia.push.parts import Push, open_push
from waia.rules.book import Rules
from waia.rules.editor.desk import NewestState
from waia.rules.replies import refusal_for
from waia.settings import Settings
from waia.transcription.ears import Ears, open_ears
from waia.transcription.repository import TRANSCRIPTS
from waia.whatsapp.client import GraphClient, open_client
from waia.whatsapp.ingress import Ingress
from waia.workers.alerts import AlertsWorker
from waia.workers.archiving import ArchiveWorker
from waia.workers.conditions import Watch
from waia.workers.exports import ExportsWorker
from waia.workers.heartbeat import HeartbeatWorker
from waia.workers.inbox import InboxWorker
from waia.workers.loop import run_forever
from waia.workers.media import MediaWorker
from waia.workers.mind import Mind
from waia.workers.outbox import Sender
from waia.workers.push import PushWorker
from waia.workers.receipts import ReceiptsWorker
from waia.workers.recording import Recorder
from waia.workers.renditions import RenditionsWorker
from waia.workers.rollups import RollupsWorker
from waia.workers.scheduler import Scheduler
from waia.workers.selfcheck import SelfcheckWorker
from waia.workers.sheets import SheetsWorker
from waia.workers.templates import TemplatesWorker
from waia.workers.throttle import NumberThrottle
from waia.workers.transcription import TranscriptionWorker
from waia.workers.turns import TurnsWorker
from waia.workers.upkeep import UpkeepWorker
from waia.workers.uploading import Uploader
from waia.workers.voice_model import VOICE_MODEL, VoiceModelWorker


@dataclass(slots=True)
class Parts:
    """`closing` is set at the first sign of a shutdown: loops stop taking work, open streams end."""

    settings: Settings
    clock: Clock
    wakeups: Wakeups
    database: Database
    disk: Disk
    pages: Pages
    rules: Rules
    mind: Mind
    accounts: Accounts
    ingress: Ingress
    live: Live
    client: GraphClient
    sender: Sender
    recorder: Recorder
    storage: Storage
    attacher: Attacher
    media: MediaWorker
    hearing: TranscriptionWorker
    push: Push
    closing: asyncio.Event
    relay: Relay | None
    background: list[asyncio.Task[None]] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    newest_state: NewestState = field(default_factory=NewestState)
    examiner: Examiner = field(init=False)
    backlog: Backlog = field(init=False)

    def __post_init__(self) -> None:
        self.examiner = Examiner(self.settings, self.database, self.clock)
        self.backlog = Backlog(self.database, self.clock)

    @property
    def upkeep(self) -> Upkeep:
        return Upkeep(self.database, self.storage)

    @property
    def exports(self) -> ExportFiles:
        return open_export_files(self.settings.media_dir, self.disk.has_room)

    @property
    def alerts(self) -> AlertsWorker:
        watch = Watch(self.database, self.disk)
        return AlertsWorker(self.database, self.clock, self.rules, self.push, watch, self.accounts.sessions.idle)

    def start_relay(self) -> None:
        """What every process runs that has others beside it."""
        if self.relay is not None:
            self.background.append(asyncio.create_task(self.relay.run()))

    def start_web(self) -> None:
        """What a web process runs beside its requests."""
        self.live.hub.listeners.append(self.accounts.sessions.hear)
        self.background += [asyncio.create_task(self.ingress.run()), asyncio.create_task(self.live.run())]

    @property
    def ears(self) -> Ears:
        return self.hearing.ears

    def start_loops(self, only: Collection[str] = ()) -> None:
        """What moves work from row to row; all of it, or what has these names."""
        inbox = InboxWorker(self.database, self.clock, self.mind)
        turns = TurnsWorker(self.database, self.clock, self.mind)
        scheduler = Scheduler(self.database, self.clock, self.mind, self.settings.uncertain_window_s)
        receipts = ReceiptsWorker(self.database, self.clock, self.client)
        templates = TemplatesWorker(self.database, self.clock, self.client, self.settings.waba_id)
        steps = {
            "inbox": inbox.step,
            "turns": turns.step,
            "outbox": self.sender.step,
            "receipts": receipts.step,
            "media": self.media.step,
            TRANSCRIPTS: self.hearing.step,
            VOICE_MODEL: VoiceModelWorker(self.settings).step,
            "upkeep": UpkeepWorker(self.upkeep, self.clock, self.settings.media_days).step,
            "renditions": RenditionsWorker(self.database, self.clock, self.storage).step,
            "scheduler": scheduler.step,
            "templates": templates.step,
            "push": PushWorker(self.database, self.clock, self.rules, self.push, self.accounts.sessions.idle).step,
            "sheets": SheetsWorker(self.database, self.clock, self.storage, self.rules).step,
            "rollups": RollupsWorker(Rollups(self.database, self.clock), self.rules).step,
            "alerts": self.alerts.step,
            "heartbeat": HeartbeatWorker(self.database, self.clock).step,
            "selfcheck": SelfcheckWorker(self.settings, self.database, self.clock, self.client).step,
            "archive": ArchiveWorker(self.database, self.clock, self.rules).step,
            "exports": ExportsWorker(self.database, self.clock, self.exports.storage, self.rules).step,
        }
        self.background.append(asyncio.create_task(self.recorder.run()))
        self.background += [
            asyncio.create_task(run_forever(name, step, self.wakeups, self.closing))
            for name, step in steps.items()
            if not only or name in only
        ]

    async def stop(self) -> None:
        """Stop claiming, let sends in flight record how they ended, close everything."""
        self.closing.set()
        await self.sender.drain(timeout_s=10)
        reach("stop.after_drain")
        await tasks.end(self.background)
        await self.media.stop()
        await self.hearing.stop()
        await self.client.close()
        await self.push.close()
        await self.database.close()


def make_parts(settings: Settings) -> Parts:
    """Raises SettingError for what only shows when everything meets (opening hours, plug-ins)."""
    clock, wakeups, closing = Clock(settings.frozen_clock), Wakeups(), asyncio.Event()
    database = Database(settings.sqlalchemy_url, wakeups, idle_s=settings.lease_s)
    disk, address = Disk(database.folder, int(settings.disk_reserve_mb * MB)), settings.own_address
    pages = Pages(settings.timezone, clock, demo=settings.demo, kept=settings.data_dir / "cache" / "templates")
    rules = Rules(database, settings, channel_refusal=refusal_for(address))
    recorder, mind = Recorder(database, clock), Mind(rules, clock, address)
    client = open_client(settings.meta_api_url, settings.meta_api_version, settings.meta_token)
    storage, throttle = FolderStorage(settings.media_dir, disk.has_room), NumberThrottle(settings.send_rate, database)
    return Parts(
        settings=settings,
        clock=clock,
        wakeups=wakeups,
        database=database,
        disk=disk,
        pages=pages,
        rules=rules,
        mind=mind,
        accounts=open_accounts(database, settings, clock),
        ingress=Ingress(database, clock, settings.app_secrets, disk),
        live=Live(
            database=database, wakeups=wakeups, rules=rules, pages=pages, settings=settings, clock=clock,
            closing=closing,
        ),
        client=client,
        sender=_sender(Uploader(database, clock, client, storage, recorder, throttle), wakeups, settings),
        storage=storage,
        attacher=Attacher(database, storage, int(settings.max_upload_mb * MB)),
        recorder=recorder,
        media=_fetcher(settings, database, clock, client, storage),
        hearing=TranscriptionWorker(database, clock, storage, mind, open_ears(settings, clock)),
        push=open_push(settings),
        closing=closing,
        relay=Relay(settings.redis_url, wakeups) if settings.redis_url and not database.is_sqlite else None,
    )  # fmt: skip


def _fetcher(
    settings: Settings, database: Database, clock: Clock, client: GraphClient, storage: Storage
) -> MediaWorker:
    places = AllowedPlaces(settings.media_hosts, settings.meta_api_url)
    downloads = Downloads(storage, places, settings.meta_token)
    hears = bool(settings.max_transcription_ms)
    return MediaWorker(database, clock, client, downloads, storage, settings.media_workers, hears)


def _sender(uploader: Uploader, wakeups: Wakeups, settings: Settings) -> Sender:
    return Sender(
        database=uploader.database,
        clock=uploader.clock,
        wakeups=wakeups,
        client=uploader.client,
        throttle=uploader.throttle,
        recorder=uploader.recorder,
        uploader=uploader,
        lease=timedelta(seconds=settings.lease_s),
        follower_wait=timedelta(seconds=settings.follower_wait_s),
    )
