"""Settings from the environment (and `.env`): one table says each variable's name, default, meaning and how it is read."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

TRUE_WORDS = frozenset({"1", "true", "yes", "on", "si", "sí"})
FILE_KINDS = frozenset({"image", "video", "audio", "document", "sticker"})
# Texts to customers that an owner may leave empty; of other variables a blank value is the default.
MAY_BE_SILENT = frozenset({"FALLBACK_TEXT", "VOICE_TOO_LONG_TEXT", "VOICE_NOT_UNDERSTOOD_TEXT"})
SHORTEST_TOKEN, LOOPBACK = 16, frozenset({"127.0.0.1", "::1", "localhost"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


class SettingError(Exception):
    """A variable that cannot be used; the text is one line that names it and the cure."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable. `read` turns its text into a value and raises ValueError with the cure."""

    variable: str
    field: str
    default: str
    meaning: str
    read: Callable[[str], Any] = str
    secret: bool = False


def _number(minimum: float, maximum: float) -> Callable[[str], int | float]:
    def read(text: str) -> int | float:
        value = float(text)
        if not minimum <= value <= maximum:
            raise ValueError(f"use a number from {minimum:g} to {maximum:g}")
        return int(value) if value.is_integer() else value

    return read


def _choice(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError("use one of: " + ", ".join(words))
        return text

    return read


def _switch(text: str) -> bool:
    if text.lower() in TRUE_WORDS:
        return True
    if text.lower() in FALSE_WORDS:
        return False
    raise ValueError("use 1 or 0")


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _days_by_kind(text: str) -> dict[str, int]:
    days: dict[str, int] = {}
    for part in _names(text):
        kind, _, number = part.partition("=")
        if kind.strip() not in FILE_KINDS or not number.strip().isdigit() or not int(number):
            raise ValueError("use kinds and days such as image=365, video=90")
        days[kind.strip()] = int(number)
    return days


def _digits(text: str) -> tuple[str, ...]:
    numbers = _names(text)
    if not all(number.isdigit() for number in numbers):
        raise ValueError("use the phone number ids shown by Meta: digits, several separated by commas")
    return numbers


def _folder_address(text: str) -> str:
    return _address(text) + "/"


def _language(text: str) -> str:
    if not all(part.isalpha() and part.isascii() for part in text.split("-")):
        raise ValueError("use a language such as es or en-us")
    return text.lower()


def _optional_digits(text: str) -> str:
    if text and not text.isdigit():
        raise ValueError("use the id shown by Meta: digits only")
    return text


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("use an address that starts with https://")
    return text.rstrip("/")


def _optional_address(text: str) -> str:
    return _address(text) if text else ""


def _optional_redis(text: str) -> str:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("use an address such as redis://host:6379/0")
    return text


def _optional_contact(text: str) -> str:
    if text and not text.startswith(("mailto:", "https://")):
        raise ValueError("use an address such as mailto:ana@example.com")
    return text


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("use a time zone such as America/Bogota") from error


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _version(text: str) -> str:
    if not (text.startswith("v") and text[1:].replace(".", "", 1).isdigit()):
        raise ValueError("use a Graph version such as v25.0")
    return text


# fmt: off
SETTINGS: tuple[Setting, ...] = (
    Setting("SECRET_KEY", "secret_key", "", "Signs what the browser keeps; made and stored in WAIA_DATA when empty", secret=True),
    Setting("META_TOKEN", "meta_token", "", "Permanent access token of the WhatsApp Cloud API", secret=True),
    Setting("META_APP_SECRET", "meta_app_secret", "", "App secret: Meta signs each webhook with it; empty refuses all webhooks", secret=True),
    Setting("META_APP_SECRET_PREVIOUS", "meta_app_secret_previous", "", "The secret before, accepted while it is being changed", secret=True),
    Setting("VERIFY_TOKEN", "verify_token", "", "The word you also type in Meta's webhook form; empty refuses the verification", secret=True),
    Setting("PHONE_NUMBER_ID", "phone_number_ids", "", "Phone number id from Meta, several separated by commas", _digits),
    Setting("WABA_ID", "waba_id", "", "WhatsApp Business Account id from Meta: its approved templates are offered to agents", _optional_digits),
    Setting("META_API_URL", "meta_api_url", "https://graph.facebook.com", "Address of the Graph API", _address),
    Setting("META_API_VERSION", "meta_api_version", "v25.0", "Version of the Graph API", _version),
    Setting("DATABASE_URL", "database_url", "", "sqlite:///file or mysql://user:password@host/name; wins over DB_*", secret=True),
    Setting("DB_HOST", "db_host", "", "Host of MariaDB/MySQL; empty means SQLite in WAIA_DATA"),
    Setting("DB_PORT", "db_port", "3306", "Port of MariaDB/MySQL", _number(1, 65535)),
    Setting("DB_USER", "db_user", "", "User of MariaDB/MySQL"),
    Setting("DB_PASSWORD", "db_password", "", "Password of MariaDB/MySQL", secret=True),
    Setting("DB_NAME", "db_name", "", "Database name"),
    Setting("DB_DURABILITY", "db_durability", "strict", "strict refuses a MariaDB/MySQL that may lose the last second at a power loss; relaxed serves it", _choice("strict", "relaxed")),
    Setting("REDIS_URL", "redis_url", "", "redis://host:6379/0, optional: shorter waits between several processes", _optional_redis, secret=True),
    Setting("HOST", "host", "0.0.0.0", "Address to listen on (127.0.0.1 in the demo)"),  # noqa: S104
    Setting("PORT", "port", "5000", "Port to listen on", _number(1, 65535)),
    Setting("BASE_URL", "base_url", "", "Public address of waia, such as https://chat.example.com", _optional_address),
    Setting("WAIA_ALLOWED_HOSTS", "allowed_hosts", "", "Host names that are answered, separated by commas; empty answers all", _names),
    Setting("WAIA_TRUSTED_PROXIES", "trusted_proxies", "127.0.0.1", "Proxies whose X-Forwarded-* headers are believed", _names),
    Setting("WAIA_DATA", "data_dir", "./data", "Folder for the SQLite file, the media and the secret key", Path),
    Setting("DISK_RESERVE_MB", "disk_reserve_mb", "32", "Free space (MB) on the disk of the SQLite file below which webhooks are answered 503, so that people can still work", _number(0, 100_000)),
    Setting("MEDIA_ROOT", "media_root", "", "Folder for media; WAIA_DATA/media when empty"),
    Setting("WAIA_MEDIA_WORKERS", "media_workers", "4", "Files of customers that are fetched at the same time", _number(1, 32)),
    Setting("WAIA_MEDIA_HOSTS", "media_hosts", "lookaside.fbsbx.com, *.fbcdn.net, *.whatsapp.net", "Hosts that files of customers may come from, beside that of META_API_URL", _names),
    Setting("WAIA_MEDIA_DAYS", "media_days", "", "Days that files are kept by kind, such as image=365, video=90; kinds: image, video, audio, document, sticker; empty keeps all", _days_by_kind),
    Setting("WAIA_PUSH_KEY", "push_key", "", "Key that signs notifications to phones; made and stored in WAIA_DATA when empty. The same on all machines", secret=True),
    Setting("WAIA_PUSH_HOSTS", "push_hosts", "fcm.googleapis.com, *.push.services.mozilla.com, *.push.apple.com, *.notify.windows.com", "Push services of browsers that notifications may be handed to; one of your own with its scheme, such as http://10.0.0.5:8080", _names),
    Setting("WAIA_PUSH_CONTACT", "push_contact", "", "Whom a push service may write to, such as mailto:ana@example.com; BASE_URL when empty", _optional_contact),
    Setting("WAIA_PUSH_TEXT", "push_text", "0", "1 shows what the customer wrote in notifications on phones; 0 only who waits", _switch),
    Setting("WAIA_LANG", "lang", "es", "Language when neither the user nor the browser says one", _choice("es", "en")),
    Setting("WAIA_TIMEZONE", "timezone", "America/Bogota", "Time zone of the business", _zone),
    Setting("WAIA_HOURS", "hours", "", "Opening hours such as mon-fri 08:00-18:00; sat 09:00-13:00; empty means always open"),
    Setting("WAIA_ADMIN_PASSWORD", "admin_password", "", "Password of the first admin of an empty database", secret=True),
    Setting("WAIA_PLUGINS", "plugins", "", "Python modules with own commands and handlers, separated by commas", _names),
    Setting("WAIA_PLUGIN_BUDGET_MS", "plugin_budget_ms", "250", "Time that one call of a plug-in may take", _number(1, 5000)),
    Setting("WAIA_LOGIN_IDLE_HOURS", "login_idle_hours", "12", "A login ends after this many hours without use", _number(0.01, 720)),
    Setting("WAIA_DEMO", "demo", "0", "1 mounts the simulator and signs in freely on loopback", _switch),
    Setting("WAIA_CLOCK", "frozen_clock", "", "Freezes business time for tests, such as 2026-11-22T10:00:00Z", _moment),
    Setting("INIT_DB_ON_START", "init_db_on_start", "0", "1 upgrades an old database at start", _switch),
    Setting("UPGRADE_BACKUPS", "upgrade_backups", "3", "Copies of the database from before upgrades that are kept in WAIA_DATA/backups; 0 takes none", _number(0, 100)),
    Setting("INITIAL_STEP", "initial_step", "menu_principal", "Step in which a conversation begins"),
    Setting("SESSION_TIMEOUT", "session_timeout_s", "1800", "Seconds without a message after which the flow begins anew; 0 never", _number(0, 31_536_000)),
    Setting("BUFFER_SECONDS", "buffer_s", "2", "Quiet time after a message before the bot answers; 0 answers at once", _number(0, 8)),
    Setting("BOT_MAX_AGE_MIN", "bot_max_age_min", "120", "Minutes after which an old message is stored but not answered", _number(1, 10_080)),
    Setting("BOT_RESUME_HOURS", "bot_resume_hours", "24", "Hours after a person's last message until the bot comes back; 0: the bot never pauses", _number(0, 8760)),
    Setting("HANDOVER_ROLE", "handover_role", "", "Keyword of the role whose queue takes chats that name no role"),
    Setting("WAIA_AUTO_ASSIGN", "auto_assign", "1", "1 gives a chat that the bot hands over to an agent of the role who is there; 0 leaves it in the queue", _switch),
    Setting("FALLBACK_TEXT", "fallback_text", "No entendí tu respuesta, intenta de nuevo.", "Answer when no rule matches; empty says nothing"),
    Setting("COMMAND_MATCH", "command_match", "", "anywhere or whole; empty follows the flow profile", _choice("", "anywhere", "whole")),
    Setting("FIRST_MESSAGE", "first_message", "", "greet_only or greet_then_answer; empty follows the flow profile", _choice("", "greet_only", "greet_then_answer")),
    Setting("CHATS_WITHOUT_ROLE", "chats_without_role", "", "admins or all; empty follows the flow profile", _choice("", "admins", "all")),
    Setting("SESSION_CLOSE_TEXT", "session_close_text", "", "Text sent when an idle session closes; empty says nothing"),
    Setting("WAIA_AGENT_NAME_PREFIX", "agent_name_prefix", "0", "1 puts the agent's name in bold before what they write, so that customers see who answers", _switch),
    Setting("READ_RECEIPTS", "read_receipts", "0", "1 shows the customer blue ticks when an agent opens the chat", _switch),
    Setting("TYPING_INDICATOR", "typing_indicator", "0", "1 shows the customer that the bot is writing", _switch),
    Setting("ALERT_AFTER_MIN", "alert_after_min", "10", "Minutes of opening hours after which a chat that waits is shown in red and its owner is called; 0 never", _number(0, 10_080)),
    Setting("ALERT_ESCALATE_MIN", "alert_escalate_min", "10", "Minutes after that until those who supervise are called; 0 never", _number(0, 10_080)),
    Setting("ALERT_ROLE", "alert_role", "", "Keyword of the role that supervises; empty means those who administer"),
    Setting("QUIET_HOURS", "quiet_hours", "", "Days and times at which nobody is called, such as 22:00-07:00; empty means never quiet"),
    Setting("ALERT_FAILED_SENDS", "alert_failed_sends", "5", "Messages that failed within half an hour after which admins are told; 0 never", _number(0, 100_000)),
    Setting("ALERT_BACKLOG_MIN", "alert_backlog_min", "2", "Minutes that a message may wait for waia itself until admins are told; 0 never", _number(0, 1440)),
    Setting("ARCHIVE_DAYS", "archive_days", "90", "Days without a message after which a chat that nobody waits in is archived; 0 never", _number(0, 36_500)),
    Setting("TRACE_DAYS", "trace_days", "30", "Days that the reasons of the bot's decisions are kept", _number(1, 3650)),
    Setting("VOICE_WAIT_SECONDS", "voice_wait_s", "15", "Seconds that the bot waits for the text of a voice note before it answers what was written beside it; 0 never waits", _number(0, 90)),
    Setting("VOICE_SURE", "voice_sure", "0.6", "From 0 to 1: what was heard less surely is asked back before it chooses anything; 0 never asks", _number(0, 1)),
    Setting("VOICE_TOO_LONG_TEXT", "voice_too_long_text", "Tu nota de voz es muy larga para mí. ¿Me la resumes en una más corta o por escrito?", "Told to a customer whose voice note is longer than MAX_TRANSCRIPTION_DURATION_MS; empty says nothing"),
    Setting("VOICE_NOT_UNDERSTOOD_TEXT", "voice_not_understood_text", "No pude entender tu nota de voz. ¿Me lo repites o me lo escribes?", "Told to a customer in whose voice note no words were heard; empty says nothing"),
    Setting("MAX_TRANSCRIPTION_DURATION_MS", "max_transcription_ms", "60000", "Longest voice note that is transcribed; 0 transcribes none", _number(0, 14_400_000)),
    Setting("TRANSCRIPTION_MAX_AVG_TIME_SEC", "max_transcription_avg_s", "10", "Average transcription time that pauses the feature for a while; 0 never", _number(0, 3600)),
    Setting("VOICE_MODEL_LANGUAGE", "voice_model_language", "es", "Language that customers speak in voice notes", _language),
    Setting("VOICE_MODEL_PATH", "voice_model_path", "", "Folder of the model that hears them; WAIA_DATA/models/<language> when empty"),
    Setting("VOICE_MODEL_URL", "voice_model_url", "https://alphacephei.com/vosk/models/", "Where models and their list are fetched from; a mirror of yours holds the same names", _folder_address),
    Setting("VOICE_WORKERS", "voice_workers", "2", "Voice notes that one process hears at the same time; 0 leaves them to other processes", _number(0, 16)),
    Setting("VOICE_MODEL_IDLE_MIN", "voice_model_idle_min", "30", "Minutes without a voice note after which the model's memory is given back; 0 never", _number(0, 10_080)),
    Setting("MAX_UPLOAD_SIZE_MB", "max_upload_mb", "64", "Largest file that an agent may upload", _number(1, 100)),
    Setting("SEND_RATE_PER_SECOND", "send_rate", "80", "Messages per second and number that Meta allows", _number(1, 1000)),
    Setting("UNCERTAIN_WINDOW_SECONDS", "uncertain_window_s", "120", "Healthy seconds to wait for the status of a send whose outcome is unknown", _number(1, 3600)),
    Setting("FOLLOWER_WAIT_SECONDS", "follower_wait_s", "20", "Longest time that a message waits behind one whose outcome is unknown", _number(0, 600)),
    Setting("LEASE_SECONDS", "lease_s", "30", "Seconds after which another process takes over from one that went silent; a send may take 20", _number(1, 600)),
    Setting("LOG_FILE", "log_file", "", "File for the log (rotating) beside standard output"),
    Setting("LOG_LEVEL", "log_level", "INFO", "DEBUG, INFO, WARNING or ERROR; DEBUG also tells the words of errors, which may hold what people wrote", _choice("DEBUG", "INFO", "WARNING", "ERROR")),
    Setting("LOG_FORMAT", "log_format", "auto", "json, text, or auto: text at a terminal, JSON elsewhere; LOG_FILE is always JSON", _choice("auto", "json", "text")),
    Setting("LOG_ACCESS", "log_access", "0", "1 writes a line for each request: route, status, milliseconds; no query, no id in an address", _switch),
    Setting("METRICS_TOKEN", "metrics_token", "", "Bearer token for GET /metrics; without one /metrics answers 404", secret=True),
    Setting("METRICS_PORT", "metrics_port", "0", "Port of its own for /metrics, also in `waia work`; 0 has none", _number(0, 65535)),
    Setting("METRICS_HOST", "metrics_host", "127.0.0.1", "Address on which METRICS_PORT listens; one that others reach needs METRICS_TOKEN"),
)
# fmt: on


@dataclass(frozen=True)
class Settings:
    """The values of `SETTINGS`, ready to use. Built by `load_settings`; `repr` hides secrets."""

    secret_key: str
    meta_token: str
    meta_app_secret: str
    meta_app_secret_previous: str
    verify_token: str
    phone_number_ids: tuple[str, ...]
    waba_id: str
    meta_api_url: str
    meta_api_version: str
    database_url: str
    db_host: str
    db_port: int
    db_user: str
    db_password: str
    db_name: str
    db_durability: str
    redis_url: str
    host: str
    port: int
    base_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    data_dir: Path
    disk_reserve_mb: float
    media_root: str
    media_workers: int
    media_hosts: tuple[str, ...]
    media_days: dict[str, int]
    push_key: str
    push_hosts: tuple[str, ...]
    push_contact: str
    push_text: bool
    lang: str
    timezone: ZoneInfo
    hours: str
    admin_password: str
    plugins: tuple[str, ...]
    plugin_budget_ms: float
    login_idle_hours: float
    demo: bool
    frozen_clock: datetime | None
    init_db_on_start: bool
    upgrade_backups: float
    initial_step: str
    session_timeout_s: float
    buffer_s: float
    bot_max_age_min: float
    bot_resume_hours: float
    handover_role: str
    auto_assign: bool
    fallback_text: str
    command_match: str
    first_message: str
    chats_without_role: str
    session_close_text: str
    agent_name_prefix: bool
    read_receipts: bool
    typing_indicator: bool
    alert_after_min: float
    alert_escalate_min: float
    alert_role: str
    quiet_hours: str
    alert_failed_sends: float
    alert_backlog_min: float
    archive_days: float
    trace_days: float
    max_transcription_ms: float
    max_transcription_avg_s: float
    voice_wait_s: float
    voice_sure: float
    voice_too_long_text: str
    voice_not_understood_text: str
    voice_model_language: str
    voice_model_path: str
    voice_model_url: str
    voice_workers: float
    voice_model_idle_min: float
    max_upload_mb: float
    send_rate: float
    uncertain_window_s: float
    follower_wait_s: float
    lease_s: float
    log_file: str
    log_level: str
    log_format: str
    log_access: bool
    metrics_token: str
    metrics_port: float
    metrics_host: str

    def __repr__(self) -> str:
        return "Settings(…)"

    @property
    def media_dir(self) -> Path:
        return Path(self.media_root) if self.media_root else self.data_dir / "media"

    @property
    def own_address(self) -> str:
        """Where addresses of ours begin: the public one, else the one on this machine."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @property
    def app_secrets(self) -> tuple[bytes, ...]:
        return tuple(s.encode() for s in (self.meta_app_secret, self.meta_app_secret_previous) if s)

    @property
    def sqlalchemy_url(self) -> str:
        """`DATABASE_URL` wins, else `DB_HOST` and the others, else SQLite in the data folder."""
        if self.database_url:
            return self.database_url
        if self.db_host:
            login = f"{quote(self.db_user, safe='')}:{quote(self.db_password, safe='')}"
            return f"mysql://{login}@{self.db_host}:{self.db_port}/{quote(self.db_name, safe='')}"
        return f"sqlite:///{self.data_dir / 'waia.db'}"


def load_settings(environ: Mapping[str, str] | None = None, *, env_file: Path | None = Path(".env")) -> Settings:
    """Read every variable: the environment wins over `.env`; `NAME_FILE` names a file that holds a secret.

    Raises SettingError with one line for the first variable that cannot be used.
    """
    environ = dict(os.environ if environ is None else environ)
    if env_file and env_file.is_file():
        environ = {**{k: v for k, v in dotenv_values(env_file).items() if v is not None}, **environ}
    values = {setting.field: _value(setting, environ) for setting in SETTINGS}
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _value(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = _text(setting, environ)
    if setting.variable not in MAY_BE_SILENT and text == "":
        text = setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        cure = str(error) if not str(error).startswith(("could not", "invalid literal")) else "use a number"
        raise SettingError(f"{setting.variable} cannot be read: {cure}") from None


def _text(setting: Setting, environ: Mapping[str, str]) -> str:
    named = environ.get(f"{setting.variable}_FILE")
    if not (setting.secret and named) or environ.get(setting.variable, "").strip():
        return environ.get(setting.variable, setting.default).strip()
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"{setting.variable}_FILE cannot be read: {error.strerror} ({named})") from None


def _check_together(settings: Settings) -> None:
    if settings.secret_key and len(settings.secret_key.encode()) < 32:
        raise SettingError("SECRET_KEY is too short: use at least 32 random characters, or leave it empty")
    if settings.metrics_token and len(settings.metrics_token.encode()) < SHORTEST_TOKEN:
        raise SettingError(f"METRICS_TOKEN is too short: use at least {SHORTEST_TOKEN} random characters")
    if settings.metrics_port and not (settings.metrics_token or settings.metrics_host in LOOPBACK):
        raise SettingError("METRICS_HOST is reached by others, so METRICS_TOKEN is needed too")
    if settings.db_host and not (settings.db_user and settings.db_name):
        raise SettingError("DB_HOST is set, so DB_USER and DB_NAME are needed too")
    if settings.database_url and not settings.database_url.startswith(("sqlite:", "mysql", "mariadb")):
        raise SettingError("DATABASE_URL cannot be used: begin with sqlite:/// or mysql://")
