"""Audit 审计: the journal for auditors: who did what on whose behalf, as a page and as a file; and whether it is whole."""
