"""Reads what Meta tells about the account, its numbers, templates and app, and how bad it is."""

from waia.kit.i18n import N_
from waia.whatsapp import read_attachments
from waia.whatsapp.attachments import MetaError
from waia.whatsapp.envelope import Envelope
from waia.whatsapp.errors import ErrorClass, classify
from waia.whatsapp.fields import elements, identifier, moment, node, text
from waia.whatsapp.lenient_json import Node, encode
from waia.whatsapp.received import AccountEvent, Severity

LOST_WEBHOOK = 131035

_FIELD_WORDS = {
    "account_update": N_("Meta informó un cambio en la cuenta de WhatsApp"),
    "account_alerts": N_("Meta envió una alerta sobre la cuenta"),
    "account_review_update": N_("Meta revisó la cuenta de WhatsApp"),
    "business_capability_update": N_("Cambiaron los límites de la cuenta"),
    "phone_number_name_update": N_("Meta revisó el nombre visible del número"),
    "phone_number_quality_update": N_("Cambió la calidad o el límite del número"),
    "message_template_status_update": N_("Cambió el estado de una plantilla"),
    "message_template_quality_update": N_("Cambió la calidad de una plantilla"),
    "message_template_components_update": N_("Cambió el contenido de una plantilla"),
    "template_category_update": N_("Cambió la categoría de una plantilla"),
    "template_correct_category_detection": N_("Meta propone otra categoría para una plantilla"),
    "security": N_("Cambió la seguridad del número"),
    "flows": N_("Meta informó sobre un formulario (Flow)"),
    "group_lifecycle_update": N_("Cambió un grupo"),
    "group_participants_update": N_("Cambiaron los participantes de un grupo"),
    "group_settings_update": N_("Cambió la configuración de un grupo"),
    "group_status_update": N_("Cambió el estado de un grupo"),
    "partner_solutions": N_("Cambió una solución de un socio de Meta"),
    "payment_configuration_update": N_("Cambió la configuración de pagos"),
    "account_settings_update": N_("Cambió la configuración del número"),
    "business_username_updates": N_("Cambió el nombre de usuario del negocio"),
    "automatic_events": N_("Meta detectó un evento en una conversación"),
    "messaging_handovers": N_("La conversación cambió de manos"),
}
_EVENT_WORDS = {
    "ACCOUNT_DELETED": N_("La cuenta de WhatsApp fue eliminada"),
    "ACCOUNT_VIOLATION": N_("Meta encontró una infracción de sus políticas"),
    "ACCOUNT_RESTRICTION": N_("Meta restringió la cuenta: puede que no se entreguen mensajes"),
    "DISABLED_UPDATE": N_("Meta cambió el bloqueo de la cuenta"),
    "ACCOUNT_OFFBOARDED": N_("El número se desconectó de la API"),
    "ACCOUNT_RECONNECTED": N_("El número volvió a conectarse a la API"),
    "PARTNER_REMOVED": N_("La cuenta se desvinculó de esta aplicación"),
    "PARTNER_APP_UNINSTALLED": N_("La aplicación se quitó de la cuenta"),
    "PIN_CHANGED": N_("Cambió el PIN del número"),
    "PIN_RESET_REQUEST": N_("Alguien pidió restablecer el PIN del número"),
}
_UNKNOWN_WORDS = N_("Meta envió un aviso que waia no conoce")
_ERROR_WORDS = N_("Meta informó un error")
_LOST_WORDS = N_("Se perdió un mensaje entrante: Meta no pudo entregarlo")

_CRITICAL = frozenset({"ACCOUNT_DELETED", "ACCOUNT_RESTRICTION", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED"})
_WARNING = frozenset(
    {
        "ACCOUNT_VIOLATION",
        "PARTNER_APP_UNINSTALLED",
        "PIN_CHANGED",
        "PIN_RESET_REQUEST",
        "PIN_REQUEST_SUCCESS",
        "REJECTED",
        "PAUSED",
        "DISABLED",
        "FLAGGED",
        "DOWNGRADE",
        "PENDING_DELETION",
        "CLIENT_ERROR_RATE",
        "ENDPOINT_ERROR_RATE",
        "ENDPOINT_LATENCY",
        "ENDPOINT_AVAILABILITY",
        "FLOW_VERSION_EXPIRY_WARNING",
        "group_suspend",
    }
)
_ALARMING = frozenset({ErrorClass.TOKEN, ErrorClass.ACCOUNT, ErrorClass.STORAGE})


def read_account_event(envelope: Envelope) -> AccountEvent:
    item = envelope.item
    event = _event(item)
    return AccountEvent(
        field=envelope.field,
        event=event,
        severity=_severity(item, event),
        text=_EVENT_WORDS.get(event or "") or _FIELD_WORDS.get(envelope.field or "", _UNKNOWN_WORDS),
        detail=_detail(item, event),
        phone_number_id=envelope.phone_number_id,
        waba_id=envelope.waba_id,
        timestamp=moment(item.get("timestamp")) or envelope.time,
        raw=encode(item).decode(),
    )


def read_error(envelope: Envelope) -> AccountEvent:
    """An error that belongs to no message. 131035 says that an inbound message was lost for good."""
    error = read_attachments.error(envelope.item)
    alarming = error.code is not None and classify(error.code) in _ALARMING
    return AccountEvent(
        field=envelope.field,
        event="error",
        severity=Severity.CRITICAL if alarming else Severity.WARNING,
        text=_LOST_WORDS if error.code == LOST_WEBHOOK else _ERROR_WORDS,
        detail=_told(error),
        code=error.code,
        phone_number_id=envelope.phone_number_id,
        waba_id=envelope.waba_id,
        timestamp=envelope.time,
        raw=encode(envelope.item).decode(),
    )


def _event(item: Node) -> str | None:
    alert = node(item.get("alert_info")).get("alert_type")
    named = (
        item.get("event"),
        item.get("decision"),
        item.get("event_name"),
        item.get("status"),
        item.get("type"),
    )
    return next((found for found in map(identifier, (*named, alert)) if found), None)


def _severity(item: Node, event: str | None) -> Severity:
    alert = text(node(item.get("alert_info")).get("alert_severity")).lower()
    if alert in frozenset(Severity):
        return Severity(alert)
    if event == "DISABLED_UPDATE":
        state = text(node(item.get("ban_info")).get("waba_ban_state"))
        return Severity.INFO if state == "REINSTATE" else Severity.CRITICAL
    if event in _CRITICAL:
        return Severity.CRITICAL
    return Severity.WARNING if event in _WARNING else Severity.INFO


def _detail(item: Node, event: str | None) -> str:
    """What a person needs from the raw event, in Meta's words."""
    inner = (node(item.get(name)) for name in ("alert_info", "violation_info", "ban_info", "disconnection_info"))
    facts = [text(value) for told in (item, *inner) for key, value in told.items() if key in _TELLING]
    restrictions = elements(item.get("restriction_info"))
    facts += [text(node(each).get("restriction_type")) for each in restrictions]
    return " · ".join(dict.fromkeys(filter(None, (event or "", *facts))))


def _told(error: MetaError) -> str:
    return " · ".join(dict.fromkeys(filter(None, (error.title, error.message, error.details))))


_TELLING = frozenset(
    {
        "alert_description",
        "violation_type",
        "waba_ban_state",
        "waba_ban_date",
        "reason",
        "rejection_reason",
        "message",
        "message_template_name",
        "message_template_language",
        "display_phone_number",
        "requested_verified_name",
        "current_limit",
        "previous_quality_score",
        "new_quality_score",
        "previous_category",
        "new_category",
        "correct_category",
        "username",
        "name",
        "flow_id",
    }
)
