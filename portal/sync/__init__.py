"""Sync 目录同步: what the company directory says, mirrored; runs, refusals and the brake. Planning is pure."""
