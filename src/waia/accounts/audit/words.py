"""What the entries of the trail are called on screen, in groups; other parts of waia may write actions not listed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from waia.kit.i18n import N_

GROUPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        N_("Personas y roles"): {
            "user_created": N_("creó a la persona"),
            "user_changed": N_("cambió a la persona"),
            "user_deleted": N_("borró a la persona"),
            "user_disabled": N_("desactivó a la persona"),
            "user_enabled": N_("activó a la persona"),
            "password_reset": N_("dio un enlace nuevo de contraseña"),
            "logins_ended": N_("cerró las sesiones de la persona"),
            "roles_changed": N_("cambió los roles de la persona"),
            "role_created": N_("creó el rol"),
            "role_changed": N_("cambió el rol"),
            "role_deleted": N_("borró el rol"),
        },
        N_("Accesos"): {
            "login": N_("inició sesión"),
            "login_failed": N_("intento fallido de iniciar sesión"),
            "login_throttled": N_("demasiados intentos, se hizo esperar"),
            "logout": N_("salió"),
            "link_used": N_("usó su enlace y eligió contraseña"),
            "password_changed": N_("cambió su contraseña"),
            "login_revoked": N_("cerró una sesión propia"),
            "logins_revoked": N_("cerró sus demás sesiones"),
            "denied": N_("intentó algo sin permiso"),
            "bad_signature": N_("webhook con firma falsa, rechazado"),
            "user.away": N_("se puso ausente"),
            "user.back": N_("volvió de estar ausente"),
        },
        N_("Respuestas rápidas"): {
            "reply_created": N_("creó la respuesta rápida"),
            "reply_changed": N_("cambió la respuesta rápida"),
            "reply_deleted": N_("borró la respuesta rápida"),
            "reply_restored": N_("recuperó la respuesta rápida"),
            "replies_ordered": N_("cambió el orden de las respuestas rápidas"),
            "replies_imported": N_("importó respuestas rápidas"),
            "replies_exported": N_("exportó respuestas rápidas"),
        },
        N_("Reglas y ajustes"): {
            "settings_changed": N_("cambió los ajustes"),
            "rules_imported": N_("importó reglas"),
            "rules_exported": N_("exportó reglas"),
            "alert.seen": N_("dio por visto un aviso de Meta"),
        },
        N_("Chats"): {
            "chat.take": N_("tomó el chat"),
            "chat.hand": N_("pasó el chat a otra persona"),
            "chat.give_back": N_("devolvió el chat al bot"),
            "chat.queue": N_("pasó el chat a la cola"),
            "chat.close": N_("cerró el chat"),
            "chat.reopen": N_("reabrió el chat"),
            "chat.archive": N_("archivó el chat"),
            "chat.unarchive": N_("desarchivó el chat"),
            "chat.read": N_("marcó el chat como leído"),
            "chat.unread": N_("marcó el chat como no leído"),
            "chat.no_answer": N_("marcó que no requiere respuesta"),
            "chat.open": N_("abrió un chat nuevo"),
            "chat.alias": N_("cambió el alias"),
            "chat.role_added": N_("agregó un rol al chat"),
            "chat.role_removed": N_("quitó un rol del chat"),
            "chat.answer_corrected": N_("corrigió un dato del cliente"),
            "message.retry": N_("reintentó un envío"),
            "message.resend": N_("reenvió un mensaje dudoso"),
            "message.discard": N_("descartó un mensaje dudoso"),
            "message.fetch": N_("pidió de nuevo un archivo"),
            "note.changed": N_("cambió una nota"),
            "note.removed": N_("borró una nota"),
            "media.download": N_("descargó un archivo"),
            "contact.erased": N_("borró los datos de un contacto"),
        },
    }
)
ACTIONS: Mapping[str, str] = MappingProxyType(
    {code: words for group in GROUPS.values() for code, words in group.items()}
)
VALUES: Mapping[Any, str] = MappingProxyType(
    {"all": N_("todos"), "roles": N_("algunos roles"), "private": N_("solo su autor")}
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": N_("nombre"),
        "username": N_("usuario"),
        "keyword": N_("palabra clave"),
        "language": N_("idioma"),
        "roles": N_("roles"),
        "enabled": N_("activo"),
        "users": N_("personas"),
        "chats": N_("chats"),
        "logins": N_("sesiones cerradas"),
        "until": N_("vale hasta"),
        "text": N_("texto"),
        "audience": N_("para"),
        "files": N_("archivos"),
        "position": N_("orden"),
        "added": N_("agregadas"),
        "changed": N_("cambiadas"),
        "removed": N_("quitadas"),
        "rows": N_("filas"),
        "path": N_("dirección"),
        "unlogged_before": N_("sin anotar antes"),
        "flow_profile": N_("Perfil del flujo"),
        "command_match": N_("Comandos como «menú»"),
        "first_message": N_("Primer mensaje de un cliente"),
        "chats_without_role": N_("Chats sin rol"),
        "initial_step": N_("Paso inicial"),
        "buffer_s": N_("Espera en silencio (segundos)"),
        "session_timeout_s": N_("Fin de la sesión (segundos)"),
        "bot_resume_hours": N_("Vuelta del bot (horas)"),
        "bot_max_age_min": N_("Mensajes viejos (minutos)"),
        "trace_days": N_("Días que se guarda el «¿Por qué?»"),
        "handover_role": N_("Rol que recibe los chats que no nombran uno"),
        "auto_assign": N_("Repartir a quien esté presente"),
        "fallback_text": N_("Cuando nada coincide"),
        "restart_text": N_("Al volver a empezar"),
        "bad_measure_text": N_("Cuando una medida no se entiende"),
        "handover_text": N_("Al pasar a una persona"),
        "menu_text": N_("Encima de un menú sin texto"),
        "session_close_text": N_("Al cerrar una sesión sin actividad"),
        "hours": N_("Días y horas"),
        "holidays": N_("Festivos"),
        "away_text": N_("Aviso fuera de horario"),
        "read_receipts": N_("Marcas azules cuando alguien abre el chat"),
        "typing_indicator": N_("«Escribiendo…» mientras el bot contesta"),
    }
)
