"""SQL of the quick replies, on advanced-alchemy's repository."""

from collections.abc import Sequence

from advanced_alchemy.repository import SQLAlchemyAsyncRepository

from waia.kit.db import Transaction
from waia.quick_replies.models import QuickReply


class QuickReplyRepository(SQLAlchemyAsyncRepository[QuickReply]):
    model_type = QuickReply

    async def in_order(self) -> Sequence[QuickReply]:
        """As agents see them, with their media."""
        return await self.get_many(order_by=[("position", False), ("id", False)])


def quick_replies(tx: Transaction) -> QuickReplyRepository:
    return QuickReplyRepository(session=tx.session)
