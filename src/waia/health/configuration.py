"""What the settings say about themselves: what is missing, weak or does not fit together."""

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from waia.health.check import About, Check
from waia.kit.i18n import N_
from waia.kit.secret_key import FILE_NAME
from waia.kit.security import LOCAL_NAMES, AllowedHosts
from waia.settings import Settings

SET = N_("Está puesto.")
MISSING = N_("Falta.")
CLOSE_FILE = N_("chmod 600 %(file)s")
FEWEST_DIFFERENT = 12
SHORTEST_WORD = 8
OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEY = About("secret_key", "SECRET_KEY")
ADDRESS = About("base_url", "BASE_URL")
NEEDED = (
    (
        About("meta_token", "META_TOKEN"),
        "meta_token",
        N_("No se puede enviar nada. Crea en Meta un token permanente de un usuario del sistema y ponlo en el .env."),
    ),
    (
        About("meta_app_secret", "META_APP_SECRET"),
        "meta_app_secret",
        N_("Sin él se rechaza todo lo que llega. Cópialo en Meta de «Configuración de la app → Básica»."),
    ),
    (
        About("verify_token", "VERIFY_TOKEN"),
        "verify_token",
        N_("Meta no puede verificar el webhook. Inventa una palabra larga y escríbela también en Meta."),
    ),
    (
        About("phone_number_id", "PHONE_NUMBER_ID"),
        "phone_number_ids",
        N_("Ningún número es tuyo. Cópialo en Meta de «WhatsApp → Configuración de la API»."),
    ),
)


def configuration(settings: Settings, env_file: Path = Path(".env")) -> list[Check]:
    """Nothing is asked of anybody."""
    return [
        *_needed(settings),
        _account(settings),
        _address(settings),
        *_names(settings),
        _key(settings),
        *_proxies(settings),
        *_readable(env_file),
    ]


def _needed(settings: Settings) -> Iterator[Check]:
    for about, field, cure in NEEDED:
        value = getattr(settings, field)
        if not value:
            yield about.fail(MISSING, cure)
        elif field == "meta_token" and not value.isascii():
            yield about.fail(N_("Tiene letras que un token no lleva."), N_("Cópialo otra vez de Meta, entero y solo."))
        elif field == "verify_token" and len(value) < SHORTEST_WORD:
            yield about.warn(N_("Es muy corto."), N_("Elige una palabra de 8 letras o más, aquí y en Meta."))
        else:
            yield about.ok(SET)


def _account(settings: Settings) -> Check:
    about = About("waba_id", "WABA_ID")
    if settings.waba_id:
        return about.ok(SET)
    cure = N_("Cópialo en Meta de «WhatsApp → Configuración de la API»: con él hay plantillas y más revisiones.")
    return about.warn(MISSING, cure)


def _address(settings: Settings) -> Check:
    """The cookie of a login is only marked Secure, and named so that nobody else can set it, under https."""
    address = urlsplit(settings.base_url)
    if address.scheme == "https":
        return ADDRESS.ok(N_("Usa https: las sesiones viajan cifradas."))
    if settings.demo or (address.hostname or "") in LOCAL_NAMES:
        return ADDRESS.ok(N_("Solo en esta máquina."))
    if not settings.base_url:
        cure = N_("Pon la dirección pública con https, como https://chat.example.com: Meta no llama a otra.")
        return ADDRESS.warn(MISSING, cure)
    words = N_("No usa https: las contraseñas viajan sin cifrar, y Meta no llama a esa dirección.")
    return ADDRESS.fail(words, N_("Pon delante un proxy con certificado y cambia la dirección a https."))


def _names(settings: Settings) -> Iterator[Check]:
    host = urlsplit(settings.base_url).hostname or ""
    if host and settings.allowed_hosts and not AllowedHosts(settings.allowed_hosts).allows(host):
        about = About("allowed_hosts", "WAIA_ALLOWED_HOSTS")
        cure = N_("Agrega %(host)s a WAIA_ALLOWED_HOSTS.")
        yield about.fail(N_("No incluye el nombre de BASE_URL: nadie puede entrar, tampoco Meta."), cure, host=host)


def _key(settings: Settings) -> Check:
    if not settings.secret_key:
        file = settings.data_dir / FILE_NAME
        if _others_may_read(file):
            return KEY.warn(N_("Otros usuarios del servidor pueden leer su archivo."), CLOSE_FILE, file=file)
        return KEY.ok(N_("waia hizo una y la guarda en WAIA_DATA."))
    if len(set(settings.secret_key)) < FEWEST_DIFFERENT:
        cure = N_("Usa al menos 32 letras al azar, como las de «openssl rand -hex 32». Todos entran otra vez.")
        return KEY.warn(N_("Es fácil de adivinar."), cure)
    return KEY.ok(SET)


def _proxies(settings: Settings) -> Iterator[Check]:
    if "*" in settings.trusted_proxies:
        about = About("trusted_proxies", "WAIA_TRUSTED_PROXIES")
        cure = N_("Escribe la dirección de tu proxy en vez de «*».")
        yield about.warn(N_("Cualquiera puede fingir desde dónde entra."), cure)


def _readable(env_file: Path) -> Iterator[Check]:
    if _others_may_read(env_file):
        about = About("env_file", ".env")
        yield about.warn(N_("Otros usuarios del servidor pueden leer sus secretos."), CLOSE_FILE, file=env_file)


def _others_may_read(file: Path) -> bool:
    with suppress(OSError):
        return bool(file.stat().st_mode & OTHERS)
    return False
