"""The first schema: the original's tables, and what waia adds."""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from waia.kit.columns import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFUSAL = "audit_log is append-only"
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_log_no_{what.lower()} BEFORE {what} ON audit_log "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for what in ("UPDATE", "DELETE")
    ],
    "mysql": [
        f"CREATE TRIGGER audit_log_no_{what.lower()} BEFORE {what} ON audit_log FOR EACH ROW "
        f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{REFUSAL}'"
        for what in ("UPDATE", "DELETE")
    ],
}


def upgrade() -> None:
    op.create_table(
        "account_alerts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("severity", sa.String(length=12), server_default="info", nullable=False),
        sa.Column(
            "phone_number_id",
            sa.String(length=40).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=40), "mysql"
            ),
            server_default="",
            nullable=False,
        ),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("raw", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_alerts")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_account_alerts_seen_at", "account_alerts", ["seen_at"], unique=False)

    op.create_table(
        "ajustes",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ajustes")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("username", sa.String(length=50), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column(
            "previous_hash",
            sa.String(length=64).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=64), "mysql"
            ),
            nullable=False,
        ),
        sa.Column(
            "hash",
            sa.String(length=64).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=64), "mysql"
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_log_previous_hash")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"], unique=False)

    op.create_table(
        "botones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mensaje", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("tipo", sa.String(length=50), nullable=True),
        sa.Column("media_url", sa.Text(), nullable=True),
        sa.Column("nombre", sa.String(length=100), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_botones")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), server_default="person", nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column(
            "username",
            sa.String(length=100).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=100), "mysql"
            ),
            server_default="",
            nullable=False,
        ),
        sa.Column("phone", sa.String(length=20), server_default="", nullable=False),
        sa.Column(
            "user_id",
            sa.String(length=160).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=160), "mysql"
            ),
            server_default="",
            nullable=False,
        ),
        sa.Column("needs_review", sa.String(length=120), server_default="", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)

    op.create_table(
        "flow_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=255), server_default=sa.text("('')"), nullable=False),
        sa.Column("profile", sa.String(length=12), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_versions")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "lane",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column(
            "phone_number_id",
            sa.String(length=40).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=40), "mysql"
            ),
            nullable=False,
        ),
        sa.Column(
            "dedupe_key",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("payload", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="ready", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(length=255), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_inbox_lane_id", "inbox", ["lane", "id"], unique=False)
    op.create_index("ix_inbox_state", "inbox", ["state"], unique=False)

    op.create_table(
        "lanes",
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column(
            "key",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column(
            "owner",
            sa.String(length=120).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=120), "mysql"
            ),
            server_default="",
            nullable=False,
        ),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("again_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("queue", "key", name=op.f("pk_lanes")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_lanes_queue_due_at", "lanes", ["queue", "due_at"], unique=False)

    op.create_table(
        "login_failures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account",
            sa.String(length=64).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=64), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failures")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_login_failures_account_at", "login_failures", ["account", "at"], unique=False)
    op.create_index("ix_login_failures_address_at", "login_failures", ["address", "at"], unique=False)

    op.create_table(
        "mensajes_procesados",
        sa.Column(
            "mensaje_id",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column(
            "ingress",
            sa.String(length=32).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=32), "mysql"
            ),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("mensaje_id", name=op.f("pk_mensajes_procesados")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_mensajes_procesados_seen_at", "mensajes_procesados", ["seen_at"], unique=False)

    op.create_table(
        "reglas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("input_text", sa.Text(), nullable=False),
        sa.Column("respuesta", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("siguiente_step", sa.Text(), nullable=True),
        sa.Column("tipo", sa.String(length=20), server_default="texto", nullable=False),
        sa.Column("opciones", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=True),
        sa.Column("rol_keyword", sa.String(length=20), nullable=True),
        sa.Column("calculo", sa.Text(), nullable=True),
        sa.Column("handler", sa.String(length=50), nullable=True),
        sa.Column("media_url", sa.Text(), nullable=True),
        sa.Column("media_tipo", sa.String(length=127), nullable=True),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("match", sa.String(length=12), server_default="exacta", nullable=False),
        sa.Column("condition", sa.String(length=12), server_default="siempre", nullable=False),
        sa.Column("al_terminar", sa.String(length=12), server_default="seguir", nullable=False),
        sa.Column("guardar_como", sa.String(length=40), nullable=True),
        sa.Column("capture_kind", sa.String(length=12), server_default="texto", nullable=False),
        sa.Column("capture_retry", sa.Text(), nullable=True),
        sa.Column("unit", sa.String(length=4), nullable=True),
        sa.Column("minimum", sa.Float(), nullable=True),
        sa.Column("maximum", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reglas")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column(
            "keyword",
            sa.String(length=20).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=20), "mysql"
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("keyword", name=op.f("uq_roles_keyword")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "rule_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_drafts")),
        sa.UniqueConstraint("rule_id", name=op.f("uq_rule_drafts_rule_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "status_orphans",
        sa.Column(
            "wamid",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error_text", sa.String(length=500), server_default="", nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wamid", "rank", name=op.f("pk_status_orphans")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_status_orphans_at", "status_orphans", ["at"], unique=False)

    op.create_table(
        "usuarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=50), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("display_name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("language", sa.String(length=5), server_default="", nullable=False),
        sa.Column("must_change_password", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usuarios")),
        sa.UniqueConstraint("username", name=op.f("uq_usuarios_username")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "webhook_raw",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("body", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_raw")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_webhook_raw_received_at", "webhook_raw", ["received_at"], unique=False)

    op.create_table(
        "alias",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("numero", sa.String(length=20), nullable=True),
        sa.Column("nombre", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_alias_contact_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_alias")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_alias_numero", "alias", ["numero"], unique=False)

    op.create_table(
        "boton_medias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("boton_id", sa.Integer(), nullable=False),
        sa.Column("media_url", sa.Text(), nullable=False),
        sa.Column("media_tipo", sa.String(length=127), nullable=True),
        sa.ForeignKeyConstraint(
            ["boton_id"], ["botones.id"], name=op.f("fk_boton_medias_boton_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boton_medias")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_boton_medias_boton_id", "boton_medias", ["boton_id"], unique=False)

    op.create_table(
        "chat_state",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=12), server_default="whatsapp", nullable=False),
        sa.Column(
            "phone_number_id",
            sa.String(length=40).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=40), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("numero", sa.String(length=20), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("estado", sa.String(length=20), nullable=True),
        sa.Column("last_activity", UtcDateTime(), nullable=True),
        sa.Column("holder", sa.String(length=8), server_default="bot", nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("queue_role_id", sa.Integer(), nullable=True),
        sa.Column("resume_at", UtcDateTime(), nullable=True),
        sa.Column("session_open", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("last_customer_at", UtcDateTime(), nullable=True),
        sa.Column("idle_at", UtcDateTime(), nullable=True),
        sa.Column("bot_memory", sa.JSON(), nullable=False),
        sa.Column("bot_due_at", UtcDateTime(), nullable=True),
        sa.Column("bot_first_at", UtcDateTime(), nullable=True),
        sa.Column("bot_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_message_at", UtcDateTime(), nullable=False),
        sa.Column("preview", sa.String(length=200), server_default="", nullable=False),
        sa.Column("preview_kind", sa.String(length=20), server_default="text", nullable=False),
        sa.Column("preview_author", sa.String(length=10), server_default="", nullable=False),
        sa.Column("preview_user_id", sa.Integer(), nullable=True),
        sa.Column("preview_status", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("unread", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unanswered_since", UtcDateTime(), nullable=True),
        sa.Column("needs_person", sa.String(length=40), server_default="", nullable=False),
        sa.Column("window_ends_at", UtcDateTime(), nullable=True),
        sa.Column(
            "last_inbound_wamid",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=True,
        ),
        sa.Column("pair_tokens", sa.Float(), server_default="45", nullable=False),
        sa.Column("pair_tokens_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_chat_state_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["usuarios.id"], name=op.f("fk_chat_state_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["queue_role_id"], ["roles.id"], name=op.f("fk_chat_state_queue_role_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_state")),
        sa.UniqueConstraint("phone_number_id", "contact_id", name=op.f("uq_chat_state_phone_number_id_contact_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_chat_state_idle_at", "chat_state", ["idle_at"], unique=False)
    op.create_index("ix_chat_state_last_message_at_id", "chat_state", ["last_message_at", "id"], unique=False)
    op.create_index("ix_chat_state_numero", "chat_state", ["numero"], unique=False)
    op.create_index("ix_chat_state_owner_id", "chat_state", ["owner_id"], unique=False)
    op.create_index("ix_chat_state_resume_at", "chat_state", ["resume_at"], unique=False)

    op.create_table(
        "contact_identities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column(
            "value",
            sa.String(length=170).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=170), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("open", sa.SmallInteger(), nullable=True),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_identities_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_identities")),
        sa.UniqueConstraint("kind", "value", "open", name=op.f("uq_contact_identities_kind_value_open")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_contact_identities_contact_id", "contact_identities", ["contact_id"], unique=False)

    op.create_table(
        "logins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "token_hash",
            sa.String(length=64).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=64), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_logins_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_logins_token_hash")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_logins_user_id", "logins", ["user_id"], unique=False)

    op.create_table(
        "regla_medias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regla_id", sa.Integer(), nullable=False),
        sa.Column("media_url", sa.Text(), nullable=False),
        sa.Column("media_tipo", sa.String(length=127), nullable=True),
        sa.ForeignKeyConstraint(["regla_id"], ["reglas.id"], name=op.f("fk_regla_medias_regla_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regla_medias")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_regla_medias_regla_id", "regla_medias", ["regla_id"], unique=False)

    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_user_roles_role_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_user_roles_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_roles")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "captured_answers",
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "name",
            sa.String(length=40).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=40), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chat_state.id"], name=op.f("fk_captured_answers_chat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "name", name=op.f("pk_captured_answers")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "chat_roles",
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_chat_roles_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_chat_roles_role_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "role_id", name=op.f("pk_chat_roles")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_chat_roles_numero", "chat_roles", ["numero"], unique=False)
    op.create_index("ix_chat_roles_role_id", "chat_roles", ["role_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "turn_key",
            sa.String(length=60).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=60), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("duration_us", sa.Integer(), nullable=False),
        sa.Column("silent_reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_decisions_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("turn_key", name=op.f("uq_decisions_turn_key")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_decisions_at", "decisions", ["at"], unique=False)
    op.create_index("ix_decisions_chat_id_id", "decisions", ["chat_id", "id"], unique=False)

    op.create_table(
        "mensajes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "public_id",
            sa.String(length=32).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=32), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "wa_id",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=True,
        ),
        sa.Column(
            "reply_to_wa_id",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=True,
        ),
        sa.Column("numero", sa.String(length=20), nullable=True),
        sa.Column("mensaje", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=True),
        sa.Column("tipo", sa.String(length=50), nullable=True),
        sa.Column("media_id", sa.String(length=255), nullable=True),
        sa.Column("media_url", sa.Text(), nullable=True),
        sa.Column("mime_type", sa.Text(), nullable=True),
        sa.Column("link_url", sa.Text(), nullable=True),
        sa.Column("link_title", sa.Text(), nullable=True),
        sa.Column("link_body", sa.Text(), nullable=True),
        sa.Column("link_thumb", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("regla_id", sa.Integer(), nullable=True),
        sa.Column("timestamp", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "client_id",
            sa.String(length=40).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=40), "mysql"
            ),
            nullable=True,
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("status", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error_text", sa.String(length=500), server_default="", nullable=False),
        sa.Column("bot_may_run", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_mensajes_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_mensajes_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mensajes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mensajes_public_id")),
        sa.UniqueConstraint("user_id", "client_id", name=op.f("uq_mensajes_user_id_client_id")),
        sa.UniqueConstraint("wa_id", name=op.f("uq_mensajes_wa_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_mensajes_chat_id_id", "mensajes", ["chat_id", "id"], unique=False)
    op.create_index("ix_mensajes_numero", "mensajes", ["numero"], unique=False)
    op.create_index("ix_mensajes_reply_to_wa_id", "mensajes", ["reply_to_wa_id"], unique=False)
    op.create_index("ix_mensajes_timestamp", "mensajes", ["timestamp"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "public_id",
            sa.String(length=32).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=32), "mysql"
            ),
            nullable=False,
        ),
        sa.Column(
            "idem_key",
            sa.String(length=80).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=80), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "phone_number_id",
            sa.String(length=40).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=40), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("origin", sa.String(length=6), nullable=False),
        sa.Column("payload", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("address_to", sa.String(length=20), server_default="", nullable=False),
        sa.Column(
            "address_recipient",
            sa.String(length=160).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=160), "mysql"
            ),
            server_default="",
            nullable=False,
        ),
        sa.Column(
            "quoted_wamid",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=True,
        ),
        sa.Column("state", sa.String(length=10), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("resends", sa.Integer(), server_default="0", nullable=False),
        sa.Column("available_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("request_started_at", UtcDateTime(), nullable=True),
        sa.Column("uncertain_since", UtcDateTime(), nullable=True),
        sa.Column("healthy_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "wamid",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=True,
        ),
        sa.Column("possible_duplicate", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_outbox_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("idem_key", name=op.f("uq_outbox_idem_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outbox_public_id")),
        sa.UniqueConstraint("wamid", name=op.f("uq_outbox_wamid")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_outbox_chat_id_state", "outbox", ["chat_id", "state"], unique=False)
    op.create_index("ix_outbox_state", "outbox", ["state"], unique=False)

    op.create_table(
        "reactions",
        sa.Column(
            "wamid",
            sa.String(length=255).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=255), "mysql"
            ),
            nullable=False,
        ),
        sa.Column(
            "author",
            sa.String(length=20).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=20), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "emoji",
            sa.String(length=64).with_variant(
                mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=64), "mysql"
            ),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_reactions_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("wamid", "author", name=op.f("pk_reactions")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_reactions_chat_id", "reactions", ["chat_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=20), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_sessions_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_sessions_chat_id_id", "sessions", ["chat_id", "id"], unique=False)
    counters = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "events", "value": 0}, {"name": "epoch", "value": secrets.randbelow(2**31)}])
    _make_audit_append_only()


def _make_audit_append_only() -> None:
    """The trail is only ever added to; the database itself refuses anything else."""
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("reactions")
    op.drop_table("outbox")
    op.drop_table("mensajes")
    op.drop_table("decisions")
    op.drop_table("chat_roles")
    op.drop_table("captured_answers")
    op.drop_table("user_roles")
    op.drop_table("regla_medias")
    op.drop_table("logins")
    op.drop_table("contact_identities")
    op.drop_table("chat_state")
    op.drop_table("boton_medias")
    op.drop_table("alias")
    op.drop_table("webhook_raw")
    op.drop_table("usuarios")
    op.drop_table("status_orphans")
    op.drop_table("rule_drafts")
    op.drop_table("roles")
    op.drop_table("reglas")
    op.drop_table("mensajes_procesados")
    op.drop_table("login_failures")
    op.drop_table("lanes")
    op.drop_table("inbox")
    op.drop_table("flow_versions")
    op.drop_table("events")
    op.drop_table("counters")
    op.drop_table("contacts")
    op.drop_table("botones")
    op.drop_table("audit_log")
    op.drop_table("ajustes")
    op.drop_table("account_alerts")
