"""Waiting 待办: what waits for whom. One list: home shows it, reminders are sent from it, HR counts it."""
