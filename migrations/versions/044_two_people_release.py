"""A sync that the brake stopped is confirmed by one administrator and released by another one."""

import sqlalchemy as sa
from alembic import op

from portal.db import UtcStamp

revision = "044"
down_revision = "043"

PAIR = "(released_at IS NULL) = (released_by_id IS NULL)"
TWO = "released_by_id IS NULL OR (confirmed_by_id IS NOT NULL AND released_by_id <> confirmed_by_id)"


def upgrade() -> None:
    with op.batch_alter_table("sync_run") as table:
        table.add_column(sa.Column("released_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("released_at", UtcStamp(), nullable=True))
        table.create_foreign_key(op.f("fk_sync_run_released_by_id"), "person", ["released_by_id"], ["id"])
        table.create_check_constraint(op.f("ck_sync_run_released"), PAIR)
        table.create_check_constraint(op.f("ck_sync_run_two_people"), TWO)


def downgrade() -> None:
    with op.batch_alter_table("sync_run") as table:
        table.drop_constraint(op.f("ck_sync_run_two_people"), type_="check")
        table.drop_constraint(op.f("ck_sync_run_released"), type_="check")
        table.drop_constraint(op.f("fk_sync_run_released_by_id"), type_="foreignkey")
        table.drop_column("released_at")
        table.drop_column("released_by_id")
