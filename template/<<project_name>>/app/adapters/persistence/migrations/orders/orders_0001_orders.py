"""Orders, their items, and what idempotency keys were answered with."""

import sqlalchemy as sa
from alembic import op

from app.adapters.persistence.columns import Identifier, UtcTime

revision = "orders_0001"
down_revision = None
branch_labels = ("orders",)
depends_on = ("identity_0001",)


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("status", Identifier(16), nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("currency", Identifier(3), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.Column("deleted_at", UtcTime),
        sa.Index(None, "user_id", "id"),
        sa.Index(None, "user_id", "status", "id"),
    )
    op.create_table(
        "order_items",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sku", Identifier(64), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "first_answers",
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("key", Identifier(64), primary_key=True),
        sa.Column("created_at", UtcTime, nullable=False, index=True),
        sa.Column("body_hash", sa.LargeBinary(32)),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("orders.id")),
    )


def downgrade() -> None:
    for table in ("first_answers", "order_items", "orders"):
        op.drop_table(table)
