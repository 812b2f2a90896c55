"""Store the top of each goal's path: by it goals are found under a theme, and told aligned or not, without walking up."""

import sqlalchemy as sa
from alembic import op

revision = "022"
down_revision = "021"

DEEPEST = 40


def upgrade() -> None:
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.add_column(sa.Column("root_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_objective_root_id", "objective", ["root_id"], ["id"])
        batch_op.create_index("ix_objective_root_id", ["root_id"])
        batch_op.create_index("ix_objective_theme_id", ["theme_id"])
    _fill(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.drop_index("ix_objective_theme_id")
        batch_op.drop_index("ix_objective_root_id")
        batch_op.drop_constraint("fk_objective_root_id", type_="foreignkey")
        batch_op.drop_column("root_id")


def _fill(connection: sa.Connection) -> None:
    """From the company downwards, each level from the one above."""
    goal = sa.table("objective", sa.column("id"), sa.column("level"), sa.column("root_id"))
    tie = sa.table("objective_parent", sa.column("child_id"), sa.column("parent_id"), sa.column("share"))
    above = goal.alias("above")
    top = sa.select(sa.func.coalesce(above.c.root_id, above.c.id)).select_from(tie.join(above, above.c.id == tie.c.parent_id))
    top = top.where(tie.c.child_id == goal.c.id).order_by(tie.c.share.desc(), tie.c.parent_id).limit(1).correlate(goal)
    deepest = connection.scalar(sa.select(sa.func.max(goal.c.level))) or 0
    for level in range(1, min(deepest, DEEPEST) + 1):
        connection.execute(sa.update(goal).where(goal.c.level == level).values(root_id=top.scalar_subquery()))
