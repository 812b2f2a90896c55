"""Notifications 通知: what waits, told by mail: one digest a work day, and at once what is personally asked of somebody."""
