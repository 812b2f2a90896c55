"""Goal dialogue 目标协同: manager and report set the goals of a period together, draft by draft, until both agree (S6)."""
