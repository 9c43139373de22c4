"""Events on their way, the audit trail, and the wrapped keys."""

import sqlalchemy as sa
from alembic import op

from app.adapters.persistence.columns import Identifier, Position, UtcTime

revision = "platform_0001"
down_revision = None
branch_labels = ("platform",)
depends_on = None


def upgrade() -> None:
    _events()
    _audit()
    op.create_table(
        "encryption_keys",
        sa.Column("purpose", Identifier(16), primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("wrapped_by", sa.String(255), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("active_at", UtcTime, nullable=False),
    )


def downgrade() -> None:
    for table in ("encryption_keys", "audit_head", "audit", "inbox", "outbox"):
        op.drop_table(table)


def _events() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", Position, primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("name", Identifier(64), nullable=False),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("occurred_at", UtcTime, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("delivered_at", UtcTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", UtcTime, nullable=False),
        sa.Index(None, "delivered_at", "position"),
        sa.Index(None, "subject", "delivered_at", "position"),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", Identifier(64), primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("seen_at", UtcTime, nullable=False, index=True),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("position", Position, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("happened_at", UtcTime, nullable=False),
        sa.Column("request_id", Identifier(64), nullable=False),
        sa.Column("action", Identifier(64), nullable=False),
        sa.Column("actor", Identifier(64), nullable=False),
        sa.Column("subject", Identifier(64), nullable=False),
        sa.Column("outcome", Identifier(16), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", Position, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "position": 0, "hash": bytes(32)}])
