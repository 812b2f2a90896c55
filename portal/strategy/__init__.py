"""Strategy 战略: the library of themes and company objectives, what departments claim of it, and what nobody carries."""
