"""The index of search: words of messages and of people, in the full-text tables of each database.

An old database gets its index filled by `waia reindex`, because cutting a million texts is no work for a migration.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPTIONS = "tokenize='ascii', detail=none, columnsize=0"
WORDS = "words MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"
END = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
CREATE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE message_search USING fts5(words, chat_id UNINDEXED, {OPTIONS})",
        f"CREATE VIRTUAL TABLE contact_search USING fts5(words, {OPTIONS})",
    ),
    "mysql": (
        f"CREATE TABLE message_search (message_id BIGINT NOT NULL PRIMARY KEY, chat_id BIGINT NOT NULL, {WORDS}, "
        f"KEY ix_message_search_chat_id (chat_id, message_id), FULLTEXT KEY ft_message_search_words (words)) {END}",
        f"CREATE TABLE contact_search (contact_id BIGINT NOT NULL PRIMARY KEY, {WORDS}, "
        f"FULLTEXT KEY ft_contact_search_words (words)) {END}",
    ),
}


def upgrade() -> None:
    for statement in CREATE["sqlite" if op.get_bind().dialect.name == "sqlite" else "mysql"]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE contact_search")
    op.execute("DROP TABLE message_search")
