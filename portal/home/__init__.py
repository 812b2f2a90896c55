"""Home 首页: what waits for me, my goals, my people, my year. Only shows: every fact has its own package."""
