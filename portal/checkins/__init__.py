"""Check-ins 对话记录: the continuous dialogue of a manager and a report: two voices, rhythm, private notes (S8, S9)."""
