"""Backup 备份: everything of a portal in one file, checked when it is made and whenever somebody asks."""
