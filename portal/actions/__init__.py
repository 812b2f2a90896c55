"""Actions 行动: every promise «who does what by when», wherever it was made (check-in, later plans and tasks)."""
