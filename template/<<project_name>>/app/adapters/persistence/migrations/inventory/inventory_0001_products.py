"""The catalogue's prices and the stock behind them."""

import sqlalchemy as sa
from alembic import op

from app.adapters.persistence.columns import Identifier

revision = "inventory_0001"
down_revision = None
branch_labels = ("inventory",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("sku", Identifier(64), primary_key=True),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("currency", Identifier(3), nullable=False),
        sa.Column("in_stock", sa.BigInteger, nullable=False),
        sa.CheckConstraint("in_stock >= 0", "in_stock_is_not_negative"),
    )


def downgrade() -> None:
    op.drop_table("products")
