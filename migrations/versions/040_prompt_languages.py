"""Questions of a talk in Chinese and in English: what was written stays, in the language it is written in."""

import re

import sqlalchemy as sa
from alembic import op

revision = "040"
down_revision = "039"

CHINESE = re.compile(r"[\u3400-\u9fff]")


def upgrade() -> None:
    op.add_column("prompt", sa.Column("zh", sa.String(), nullable=False, server_default=""))
    op.add_column("prompt", sa.Column("en", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    for kind, voice, text in connection.execute(sa.text("SELECT kind, voice, text FROM prompt")).all():
        column = "zh" if CHINESE.search(text) else "en"
        said = sa.text(f"UPDATE prompt SET {column} = :text WHERE kind = :kind AND voice = :voice")  # noqa: S608
        connection.execute(said, {"text": text, "kind": kind, "voice": voice})
    with op.batch_alter_table("prompt") as table:
        table.drop_column("text")
        table.alter_column("zh", server_default=None)
        table.alter_column("en", server_default=None)


def downgrade() -> None:
    op.add_column("prompt", sa.Column("text", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE prompt SET text = CASE WHEN zh <> '' THEN zh ELSE en END")
    op.execute("DELETE FROM prompt WHERE text = ''")
    with op.batch_alter_table("prompt") as table:
        table.drop_column("zh")
        table.drop_column("en")
        table.alter_column("text", server_default=None)
