"""Administration 管理: settings, switches, periods, the page of permissions. Changes go through the journal."""
