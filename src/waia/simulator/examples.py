"""One value for each webhook field that no verb makes; post them with `World.post(field, value)`."""

from collections.abc import Mapping

from waia.simulator.wire import Json

_DISPLAY = "15550100000"
_AT = 1_767_225_600
_TEMPLATE: Json = {
    "message_template_id": 1_689_556_908_129_832,
    "message_template_name": "order_confirmation",
    "message_template_language": "es",
}

EXAMPLES: Mapping[str, Json] = {
    "account_alerts": {
        "entity_type": "BUSINESS",
        "entity_id": "506914307656634",
        "alert_info": {
            "alert_severity": "CRITICAL",
            "alert_status": "NONE",
            "alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
            "alert_description": "More information is needed.",
        },
    },
    "account_review_update": {"decision": "APPROVED"},
    "account_settings_update": {
        "messaging_product": "whatsapp",
        "timestamp": str(_AT),
        "type": "phone_number_settings",
        "phone_number_settings": {"phone_number_id": "106540352242922", "calling": {"status": "ENABLED"}},
    },
    "account_update": {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}},
    "automatic_events": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": _DISPLAY, "phone_number_id": "106540352242922"},
        "automatic_events": [
            {"id": "wamid.HBgB", "event_name": "LeadSubmitted", "timestamp": _AT, "ctwa_clid": "ARA1"}
        ],
    },
    "business_capability_update": {
        "max_daily_conversations_per_business": 2000,
        "max_phone_numbers_per_waba": 25,
    },
    "business_username_updates": {
        "display_phone_number": _DISPLAY,
        "username": "tienda",
        "status": "approved",
    },
    "flows": {
        "event": "FLOW_STATUS_CHANGE",
        "message": "Flow Webhook 3 changed status from DRAFT to PUBLISHED",
        "flow_id": "6627390910605886",
        "old_status": "DRAFT",
        "new_status": "PUBLISHED",
    },
    "group_lifecycle_update": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": _DISPLAY, "phone_number_id": "106540352242922"},
        "groups": [{"timestamp": str(_AT), "group_id": "Y2FwaV9ncm91cD", "type": "group_create"}],
    },
    "message_template_components_update": _TEMPLATE | {"message_template_element": "Hola {{1}}"},
    "message_template_quality_update": _TEMPLATE | {"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"},
    "messaging_handovers": {
        "messaging_product": "whatsapp",
        "sender": {"phone_number": "573001112233"},
        "recipient": {"phone_number_id": "106540352242922"},
        "type": "control_passed",
        "timestamp": str(_AT),
        "control_passed": {"previous_owner_role": "agent", "new_owner_role": "business", "metadata": ""},
    },
    "partner_solutions": {"event": "SOLUTION_CREATED", "solution_id": "1", "solution_status": "INITIATED"},
    "payment_configuration_update": {
        "configuration_name": "pagos",
        "provider_name": "razorpay",
        "status": "Needs Testing",
        "created_timestamp": _AT,
    },
    "phone_number_name_update": {
        "display_phone_number": _DISPLAY,
        "decision": "APPROVED",
        "requested_verified_name": "Tienda",
        "rejection_reason": None,
    },
    "phone_number_quality_update": {
        "display_phone_number": _DISPLAY,
        "event": "THROUGHPUT_UPGRADE",
        "current_limit": "TIER_UNLIMITED",
    },
    "security": {"display_phone_number": _DISPLAY, "event": "PIN_CHANGED", "requester": "61555822107539"},
    "smb_app_state_sync": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": _DISPLAY, "phone_number_id": "106540352242922"},
        "state_sync": [
            {
                "type": "contact",
                "contact": {"full_name": "Ana", "first_name": "Ana", "phone_number": "573001112233"},
                "action": "add",
                "metadata": {"timestamp": str(_AT)},
            }
        ],
    },
    "template_category_update": _TEMPLATE | {"previous_category": "UTILITY", "new_category": "MARKETING"},
}
