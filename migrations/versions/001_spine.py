"""The spine: organisation, access, journal, goals, dialogue, reviews, jobs."""

import sqlalchemy as sa
from alembic import op

from portal.db import Exact, UtcStamp

revision = "001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "guard",
            sa.Enum(
                "see_time_line",
                "see_objective",
                "create_objective",
                "edit_objective",
                "agree_objective",
                "record_value",
                "close_objective",
                "see_check_in",
                "record_check_in",
                "add_own_view",
                "keep_private_note",
                "see_action",
                "settle_action",
                "see_review",
                "hand_in_review",
                "submit_review",
                "return_review",
                "release_review",
                "acknowledge_review",
                "archive_review",
                "see_potential",
                "see_assessment",
                "write_assessment",
                "see_grants",
                "see_audit",
                "see_cycles",
                "run_cycles",
                "see_settings",
                "change_settings",
                "see_sync",
                "run_sync",
                "grant_roles",
                name="act",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("behalf_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("object_type", sa.String(), nullable=True),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("was", sa.String(), nullable=True),
        sa.Column("now", sa.String(), nullable=True),
        sa.Column("payload_digest", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_entry")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_object_type_object_id_n"), ["object_type", "object_id", "n"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_entry_subject_kind_subject_id_n"), ["subject_kind", "subject_id", "n"], unique=False
        )

    op.create_table(
        "journal_tip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_tip")),
    )
    op.create_table(
        "period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("year", "half", "quarter", "month", name="kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends > begins", name=op.f("ck_period_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("name", name=op.f("uq_period_name")),
    )
    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_period_begins"), ["begins"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("key", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("name", name=op.f("uq_post_name")),
    )
    op.create_table(
        "switch",
        sa.Column("capability", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("capability", name=op.f("pk_switch")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("directory_name", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("directory_name", name=op.f("uq_unit_directory_name")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_name"), ["name"], unique=False)

    op.create_table(
        "cycle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "running", "closed", name="state", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("self_due", sa.Date(), nullable=True),
        sa.Column("assessment_due", sa.Date(), nullable=True),
        sa.Column("release_due", sa.Date(), nullable=True),
        sa.Column("acknowledge_due", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_cycle_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("name", name=op.f("uq_cycle_name")),
    )
    op.create_table(
        "payload",
        sa.Column("entry_n", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_n"], ["entry.n"], name=op.f("fk_payload_entry_n")),
        sa.PrimaryKeyConstraint("entry_n", name=op.f("pk_payload")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directory_key", sa.String(), nullable=True),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=True),
        sa.Column("mobile", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "leave", "left", name="status", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("dn", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("directory_key", name=op.f("uq_person_directory_key")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
        sa.UniqueConstraint("number", name=op.f("uq_person_number")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_mail"), ["mail"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_pinyin"), ["pinyin"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "pilot",
        sa.Column("capability", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["capability"], ["switch.capability"], name=op.f("fk_pilot_capability"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_pilot_unit_id")),
        sa.PrimaryKeyConstraint("capability", "unit_id", name=op.f("pk_pilot")),
    )
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "perspective",
            sa.Enum(
                "financial", "customer", "process", "learning", name="perspective", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_theme_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
    )
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_period_id"), ["period_id"], unique=False)

    op.create_table(
        "unit_line",
        sa.Column("upper_id", sa.Integer(), nullable=False),
        sa.Column("lower_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lower_id"], ["unit.id"], name=op.f("fk_unit_line_lower_id")),
        sa.ForeignKeyConstraint(["upper_id"], ["unit.id"], name=op.f("fk_unit_line_upper_id")),
        sa.PrimaryKeyConstraint("upper_id", "lower_id", name=op.f("pk_unit_line")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("unit_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_line_lower_id_upper_id"), ["lower_id", "upper_id"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_absence_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column(
            "state", sa.Enum("open", "done", "dropped", name="state", native_enum=False, create_constraint=True), nullable=False
        ),
        sa.Column("settled_at", UtcStamp(), nullable=True),
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_action_settled_stamp")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_action_owner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_action_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_owner_id_state_due"), ["owner_id", "state", "due"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_person_id_state_due"), ["person_id", "state", "due"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_source_type_source_id"), ["source_type", "source_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "source", sa.Enum("directory", "hr", name="source", native_enum=False, create_constraint=True), nullable=False
        ),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.CheckConstraint("manager_id <> person_id", name=op.f("ck_assignment_own_manager")),
        sa.CheckConstraint("share BETWEEN 0 AND 10000", name=op.f("ck_assignment_share")),
        sa.CheckConstraint("until > since", name=op.f("ck_assignment_order")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_assignment_manager_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_assignment_post_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assignment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "check_in",
                "goal_setting",
                "mid_term",
                "result",
                "career",
                "improvement",
                name="kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("draft", "shared", "confirmed", "cancelled", name="state", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("mood", sa.Integer(), nullable=True),
        sa.Column(
            "obstacle",
            sa.Enum(
                "resource",
                "dependency",
                "clarity",
                "priority",
                "external",
                name="obstacle",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("shared_at", UtcStamp(), nullable=True),
        sa.Column("confirmed_at", UtcStamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name=op.f("ck_check_in_confirmed_stamp")),
        sa.CheckConstraint(
            "(state IN ('shared', 'confirmed')) = (shared_at IS NOT NULL)", name=op.f("ck_check_in_shared_stamp")
        ),
        sa.CheckConstraint("manager_id <> person_id", name=op.f("ck_check_in_two_people")),
        sa.CheckConstraint("mood BETWEEN 1 AND 5", name=op.f("ck_check_in_mood")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_check_in_manager_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_check_in_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_check_in_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_manager_id_held_on"), ["manager_id", "held_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_in_person_id_held_on"), ["person_id", "held_on"], unique=False)

    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "see_time_line",
                "see_objective",
                "create_objective",
                "edit_objective",
                "agree_objective",
                "record_value",
                "close_objective",
                "see_check_in",
                "record_check_in",
                "add_own_view",
                "keep_private_note",
                "see_action",
                "settle_action",
                "see_review",
                "hand_in_review",
                "submit_review",
                "return_review",
                "release_review",
                "acknowledge_review",
                "archive_review",
                "see_potential",
                "see_assessment",
                "write_assessment",
                "see_grants",
                "see_audit",
                "see_cycles",
                "run_cycles",
                "see_settings",
                "change_settings",
                "see_sync",
                "run_sync",
                "grant_roles",
                name="act",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name=op.f("fk_delegation_giver_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["person.id"], name=op.f("fk_delegation_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegation_taker_id_act"), ["taker_id", "act"], unique=False)

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("person_id", "form", name=op.f("uq_draft_person_id_form")),
    )
    op.create_table(
        "former_dn",
        sa.Column("dn", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_former_dn_person_id")),
        sa.PrimaryKeyConstraint("dn", name=op.f("pk_former_dn")),
    )
    with op.batch_alter_table("former_dn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_dn_person_id"), ["person_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", "failed", "cancelled", name="state", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("run_at", UtcStamp(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcStamp(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcStamp(), nullable=False),
        sa.Column("ended_at", UtcStamp(), nullable=True),
        sa.CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_job_lease")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_job_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_state_run_at_id"), ["state", "run_at", "id"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created", UtcStamp(), nullable=False),
        sa.Column("seen", UtcStamp(), nullable=False),
        sa.Column("revoked_at", UtcStamp(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_login_session")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "objective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "kpi", "okr_committed", "okr_aspirational", "project", name="kind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("accountable_id", sa.Integer(), nullable=True),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column(
            "perspective",
            sa.Enum(
                "financial", "customer", "process", "learning", name="perspective", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column(
            "audience",
            sa.Enum("line", "unit", "company", name="audience", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "proposed", "agreed", "closed", "withdrawn", name="state", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("agreed_at", UtcStamp(), nullable=True),
        sa.Column("closed_at", UtcStamp(), nullable=True),
        sa.Column("score", Exact(6), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("lessons", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("reported_at", UtcStamp(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("progress", Exact(6), nullable=True),
        sa.Column("rolled_progress", Exact(6), nullable=True),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_objective_closed_stamp")),
        sa.CheckConstraint("(state IN ('agreed', 'closed')) = (agreed_at IS NOT NULL)", name=op.f("ck_objective_agreed_stamp")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_objective_confidence")),
        sa.CheckConstraint("person_id IS NULL OR unit_id IS NULL", name=op.f("ck_objective_one_owner")),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_objective_weight")),
        sa.ForeignKeyConstraint(["accountable_id"], ["person.id"], name=op.f("fk_objective_accountable_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_objective_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objective_person_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_objective_theme_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_objective_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
        sa.UniqueConstraint("code", name=op.f("uq_objective_code")),
    )
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objective_audience_id"), ["audience", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objective_period_id_level_id"), ["period_id", "level", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objective_person_id_period_id_id"), ["person_id", "period_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objective_unit_id_period_id_id"), ["unit_id", "period_id", "id"], unique=False)

    op.create_table(
        "once",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_once_person_id")),
        sa.PrimaryKeyConstraint("person_id", "route", "key", name=op.f("pk_once")),
    )
    op.create_table(
        "reporting_line",
        sa.Column("manager_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_reporting_line_manager_id")),
        sa.ForeignKeyConstraint(["report_id"], ["person.id"], name=op.f("fk_reporting_line_report_id")),
        sa.PrimaryKeyConstraint("manager_id", "report_id", name=op.f("pk_reporting_line")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("reporting_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reporting_line_report_id_manager_id"), ["report_id", "manager_id"], unique=False)

    op.create_table(
        "rhythm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_rhythm_one_scope")),
        sa.CheckConstraint("every_days BETWEEN 7 AND 92", name=op.f("ck_rhythm_days")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rhythm_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rhythm_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythm")),
        sa.UniqueConstraint("person_id", name=op.f("uq_rhythm_person_id")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_rhythm_unit_id")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "hrbp",
                "hr_admin",
                "executive",
                "auditor",
                "system_admin",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("(role = 'hrbp') = (unit_id IS NOT NULL)", name=op.f("ck_role_grant_scope")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_person_id"), ["person_id"], unique=False)

    op.create_table(
        "scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("covers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_scheme_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
    )
    with op.batch_alter_table("scheme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scheme_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "unit_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_unit_term_order")),
        sa.ForeignKeyConstraint(["head_id"], ["person.id"], name=op.f("fk_unit_term_head_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_term_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_term_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_term")),
    )
    with op.batch_alter_table("unit_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_term_head_id_unit_id"), ["head_id", "unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_term_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "contribution",
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stated", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", UtcStamp(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("stated BETWEEN 1 AND 10000", name=op.f("ck_contribution_stated")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_contribution_confirmed_by_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_contribution_objective_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contribution_unit_id")),
        sa.PrimaryKeyConstraint("objective_id", "unit_id", name=op.f("pk_contribution")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "shape",
            sa.Enum(
                "number", "percent", "currency", "yes_no", "milestones", name="shape", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum("up", "down", "band", name="direction", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("baseline", Exact(6), nullable=False),
        sa.Column("target", Exact(6), nullable=False),
        sa.Column("low", Exact(6), nullable=True),
        sa.Column("high", Exact(6), nullable=True),
        sa.Column("threshold", Exact(6), nullable=True),
        sa.Column("stretch", Exact(6), nullable=True),
        sa.Column(
            "rule",
            sa.Enum(
                "ratio_up",
                "ratio_down",
                "baseline",
                "curve",
                "band",
                "pass_fail",
                "deduction",
                "milestones",
                "judged",
                name="rule",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("rule_values", sa.JSON(), nullable=False),
        sa.Column("veto", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("current", Exact(6), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("reported_at", UtcStamp(), nullable=True),
        sa.Column("grade", Exact(6), nullable=True),
        sa.CheckConstraint(
            "direction <> 'band' OR (low IS NOT NULL AND high IS NOT NULL AND low < high)", name=op.f("ck_measure_band")
        ),
        sa.CheckConstraint(
            "direction = 'band' OR shape IN ('yes_no', 'milestones') OR target <> baseline", name=op.f("ck_measure_distance")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_measure_confidence")),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_measure_weight")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_measure_objective_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_objective_id"), ["objective_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column(
            "voice", sa.Enum("manager", "employee", name="voice", native_enum=False, create_constraint=True), nullable=False
        ),
        sa.Column(
            "field",
            sa.Enum("progress", "obstacle", "support", "view", name="field", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_in.id"], name=op.f("fk_note_check_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("check_in_id", "voice", "field", name=op.f("uq_note_check_in_id_voice_field")),
    )
    op.create_table(
        "objective_parent",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share BETWEEN 1 AND 10000", name=op.f("ck_objective_parent_share")),
        sa.ForeignKeyConstraint(["child_id"], ["objective.id"], name=op.f("fk_objective_parent_child_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["objective.id"], name=op.f("fk_objective_parent_parent_id")),
        sa.PrimaryKeyConstraint("child_id", "parent_id", name=op.f("pk_objective_parent")),
    )
    with op.batch_alter_table("objective_parent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objective_parent_parent_id_child_id"), ["parent_id", "child_id"], unique=False)

    op.create_table(
        "private_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_private_note_author_id")),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_in.id"], name=op.f("fk_private_note_check_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_note")),
        sa.UniqueConstraint("author_id", "check_in_id", name=op.f("uq_private_note_author_id_check_in_id")),
    )
    with op.batch_alter_table("private_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_private_note_check_in_id"), ["check_in_id"], unique=False)

    op.create_table(
        "revision",
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["person.id"], name=op.f("fk_revision_agreed_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_revision_by_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_revision_objective_id")),
        sa.PrimaryKeyConstraint("objective_id", "n", name=op.f("pk_revision")),
    )
    op.create_table(
        "scheme_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("frozen_at", UtcStamp(), nullable=True),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("open_to_each_other", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name=op.f("fk_scheme_version_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_version")),
        sa.UniqueConstraint("scheme_id", "n", name=op.f("uq_scheme_version_scheme_id_n")),
    )
    op.create_table(
        "measure_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("value", Exact(6), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_measure_value_confidence")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_measure_value_by_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_measure_value_measure_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["measure_value.id"], name=op.f("fk_measure_value_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_value")),
    )
    with op.batch_alter_table("measure_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_value_measure_id_at"), ["measure_id", "at"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_milestone_weight")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_milestone_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_measure_id"), ["measure_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "self_assessment",
                "assessment",
                "ready",
                "released",
                "acknowledged",
                "disagreed",
                "archived",
                name="state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("handed_in_at", UtcStamp(), nullable=True),
        sa.Column("ready_at", UtcStamp(), nullable=True),
        sa.Column("released_at", UtcStamp(), nullable=True),
        sa.Column("acknowledged_at", UtcStamp(), nullable=True),
        sa.Column("archived_at", UtcStamp(), nullable=True),
        sa.Column("score", Exact(6), nullable=True),
        sa.Column("proposed_grade", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("grade_reason", sa.String(), nullable=False),
        sa.Column("missing_weight", sa.Integer(), nullable=False),
        sa.Column("own_words", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'archived') = (archived_at IS NOT NULL)", name=op.f("ck_review_archived_stamp")),
        sa.CheckConstraint(
            "(state IN ('acknowledged', 'disagreed', 'archived')) = (acknowledged_at IS NOT NULL)",
            name=op.f("ck_review_acknowledged_stamp"),
        ),
        sa.CheckConstraint(
            "(state IN ('ready', 'released', 'acknowledged', 'disagreed', 'archived')) = (ready_at IS NOT NULL)",
            name=op.f("ck_review_ready_stamp"),
        ),
        sa.CheckConstraint(
            "(state IN ('released', 'acknowledged', 'disagreed', 'archived')) = (released_at IS NOT NULL)",
            name=op.f("ck_review_released_stamp"),
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_review_assignment_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_review_cycle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id")),
        sa.ForeignKeyConstraint(["scheme_version_id"], ["scheme_version.id"], name=op.f("fk_review_scheme_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("cycle_id", "person_id", name=op.f("uq_review_cycle_id_person_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_cycle_id_state"), ["cycle_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_person_id"), ["person_id"], unique=False)

    op.create_table(
        "section_def",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("kpi", "okr", "competency", "narrative", name="sectionkind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_section_def_weight")),
        sa.ForeignKeyConstraint(["version_id"], ["scheme_version.id"], name=op.f("fk_section_def_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_def")),
    )
    with op.batch_alter_table("section_def", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_section_def_version_id"), ["version_id"], unique=False)

    op.create_table(
        "answer_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.Enum("peer", "report", name="group", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_answer_sheet_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_sheet")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("answer_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_sheet_review_id"), ["review_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum("self", "manager", "second_level", "project_lead", name="part", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("in_at", UtcStamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessor_id"], ["person.id"], name=op.f("fk_assessment_assessor_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_assessment_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("review_id", "assessor_id", name=op.f("uq_assessment_review_id_assessor_id")),
        sa.UniqueConstraint("review_id", "relation", name=op.f("uq_assessment_review_id_relation")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_assessor_id"), ["assessor_id"], unique=False)

    op.create_table(
        "check_in_goal",
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("measure_value_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_check_in_goal_confidence")),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_in.id"], name=op.f("fk_check_in_goal_check_in_id")),
        sa.ForeignKeyConstraint(["measure_value_id"], ["measure_value.id"], name=op.f("fk_check_in_goal_measure_value_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_check_in_goal_objective_id")),
        sa.PrimaryKeyConstraint("check_in_id", "objective_id", name=op.f("pk_check_in_goal")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.Enum("peer", "report", name="group", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["person.id"], name=op.f("fk_invitation_rater_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_invitation_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_rater_id"), ["rater_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_review_id"), ["review_id"], unique=False)

    op.create_table(
        "item_def",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("help", sa.String(), nullable=False),
        sa.Column("anchors", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_item_def_weight")),
        sa.ForeignKeyConstraint(["section_id"], ["section_def.id"], name=op.f("fk_item_def_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_def")),
    )
    with op.batch_alter_table("item_def", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_def_section_id"), ["section_id"], unique=False)

    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("kpi", "okr", "competency", "narrative", name="sectionkind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6), nullable=True),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_section_weight")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_section_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
    )
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_section_review_id"), ["review_id"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=False),
        sa.Column("behalf_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column(
            "method", sa.Enum("password", "paper", name="method", native_enum=False, create_constraint=True), nullable=False
        ),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.Column("withdrawn_at", UtcStamp(), nullable=True),
        sa.ForeignKeyConstraint(["behalf_id"], ["person.id"], name=op.f("fk_signature_behalf_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_signature_review_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["person.id"], name=op.f("fk_signature_signer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_review_id"), ["review_id"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("def_id", sa.Integer(), nullable=True),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=True),
        sa.Column("frozen_at", UtcStamp(), nullable=True),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_item_weight")),
        sa.ForeignKeyConstraint(["def_id"], ["item_def.id"], name=op.f("fk_item_def_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_item_objective_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_item_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_objective_id"), ["objective_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_section_id"), ["section_id"], unique=False)

    op.create_table(
        "sheet_link",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_sheet_link_invitation_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["answer_sheet.id"], name=op.f("fk_sheet_link_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_sheet_link")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_sheet_link_invitation_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("check_in", "value", name="evidence", native_enum=False, create_constraint=True), nullable=False
        ),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcStamp(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_pin_assessment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_pin_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
        sa.UniqueConstraint(
            "assessment_id", "item_id", "kind", "evidence_id", name=op.f("uq_pin_assessment_id_item_id_kind_evidence_id")
        ),
    )
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pin_item_id"), ["item_id"], unique=False)

    op.create_table(
        "rating",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("value", Exact(6), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("computed", Exact(6), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_rating_assessment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_rating_item_id")),
        sa.PrimaryKeyConstraint("assessment_id", "item_id", name=op.f("pk_rating")),
    )
    # Whoever writes the next entry locks this row: the chain has one tip.
    op.execute("INSERT INTO journal_tip (id, n, digest) VALUES (1, 0, '')")


def downgrade() -> None:
    op.drop_table("rating")
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pin_item_id"))

    op.drop_table("pin")
    op.drop_table("sheet_link")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_section_id"))
        batch_op.drop_index(batch_op.f("ix_item_objective_id"))

    op.drop_table("item")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_review_id"))

    op.drop_table("signature")
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_section_review_id"))

    op.drop_table("section")
    with op.batch_alter_table("item_def", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_def_section_id"))

    op.drop_table("item_def")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_review_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_rater_id"))

    op.drop_table("invitation")
    op.drop_table("check_in_goal")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_assessor_id"))

    op.drop_table("assessment")
    with op.batch_alter_table("answer_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_sheet_review_id"))

    op.drop_table("answer_sheet")
    with op.batch_alter_table("section_def", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_section_def_version_id"))

    op.drop_table("section_def")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_person_id"))
        batch_op.drop_index(batch_op.f("ix_review_cycle_id_state"))

    op.drop_table("review")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_measure_id"))

    op.drop_table("milestone")
    with op.batch_alter_table("measure_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_value_measure_id_at"))

    op.drop_table("measure_value")
    op.drop_table("scheme_version")
    op.drop_table("revision")
    with op.batch_alter_table("private_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_private_note_check_in_id"))

    op.drop_table("private_note")
    with op.batch_alter_table("objective_parent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objective_parent_parent_id_child_id"))

    op.drop_table("objective_parent")
    op.drop_table("note")
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_objective_id"))

    op.drop_table("measure")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_unit_id"))

    op.drop_table("contribution")
    with op.batch_alter_table("unit_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_term_unit_id"))
        batch_op.drop_index(batch_op.f("ix_unit_term_head_id_unit_id"))

    op.drop_table("unit_term")
    with op.batch_alter_table("scheme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheme_cycle_id"))

    op.drop_table("scheme")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grant_person_id"))

    op.drop_table("role_grant")
    op.drop_table("rhythm")
    with op.batch_alter_table("reporting_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reporting_line_report_id_manager_id"))

    op.drop_table("reporting_line")
    op.drop_table("once")
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objective_unit_id_period_id_id"))
        batch_op.drop_index(batch_op.f("ix_objective_person_id_period_id_id"))
        batch_op.drop_index(batch_op.f("ix_objective_period_id_level_id"))
        batch_op.drop_index(batch_op.f("ix_objective_audience_id"))

    op.drop_table("objective")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_person_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state_run_at_id"))

    op.drop_table("job")
    with op.batch_alter_table("former_dn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_dn_person_id"))

    op.drop_table("former_dn")
    op.drop_table("draft")
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegation_taker_id_act"))

    op.drop_table("delegation")
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_in_person_id_held_on"))
        batch_op.drop_index(batch_op.f("ix_check_in_manager_id_held_on"))

    op.drop_table("check_in")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_unit_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_post_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_person_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_manager_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_source_type_source_id"))
        batch_op.drop_index(batch_op.f("ix_action_person_id_state_due"))
        batch_op.drop_index(batch_op.f("ix_action_owner_id_state_due"))

    op.drop_table("action")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_person_id"))

    op.drop_table("absence")
    with op.batch_alter_table("unit_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_line_lower_id_upper_id"))

    op.drop_table("unit_line")
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_period_id"))

    op.drop_table("theme")
    op.drop_table("pilot")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_unit_id"))
        batch_op.drop_index(batch_op.f("ix_person_pinyin"))
        batch_op.drop_index(batch_op.f("ix_person_mail"))

    op.drop_table("person")
    op.drop_table("payload")
    op.drop_table("cycle")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_name"))

    op.drop_table("unit")
    op.drop_table("switch")
    op.drop_table("post")
    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_period_begins"))

    op.drop_table("period")
    op.drop_table("journal_tip")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_subject_kind_subject_id_n"))
        batch_op.drop_index(batch_op.f("ix_entry_object_type_object_id_n"))

    op.drop_table("entry")
