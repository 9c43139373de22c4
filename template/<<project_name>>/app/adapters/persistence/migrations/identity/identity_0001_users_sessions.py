"""Users, their sessions, and the codes that were seen."""

import sqlalchemy as sa
from alembic import op

from app.adapters.persistence.columns import Digest, Identifier, SealedBytes, UtcTime

revision = "identity_0001"
down_revision = None
branch_labels = ("identity",)
depends_on = None

SEALED = ("openid", "unionid", "session_key", "phone")


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("appid", Identifier(64), nullable=False),
        sa.Column("openid", SealedBytes),
        sa.Column("openid_index", Digest(17)),
        sa.Column("unionid", SealedBytes),
        sa.Column("unionid_index", Digest(17), index=True),
        sa.Column("session_key", SealedBytes),
        sa.Column("phone", SealedBytes),
        sa.Column("phone_index", Digest(17)),
        sa.Column("nickname", sa.String(64), nullable=False),
        sa.Column("avatar_url", sa.Text, nullable=False),
        sa.Column("token_version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.Column("disabled_at", UtcTime),
        sa.Column("erased_at", UtcTime),
        sa.UniqueConstraint("appid", "openid_index"),
        sa.UniqueConstraint("appid", "phone_index"),
        *(sa.CheckConstraint(f"length({name}) >= 82", f"{name}_is_sealed") for name in SEALED),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(32)),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("last_seen_at", UtcTime, nullable=False),
        sa.Column("rotated_at", UtcTime),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("absolute_expires_at", UtcTime, nullable=False),
        sa.Column("revoked_at", UtcTime),
        sa.Column("revoked_reason", Identifier(32)),
        sa.Index(None, "user_id", "created_at"),
    )
    op.create_table(
        "spent_codes",
        sa.Column("code_hash", Digest(32), primary_key=True),
        sa.Column("created_at", UtcTime, nullable=False, index=True),
    )


def downgrade() -> None:
    for table in ("spent_codes", "sessions", "users"):
        op.drop_table(table)
