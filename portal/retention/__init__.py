"""Retention 保存期限: how long each kind is kept, what is removed by the clock, and one person's content on request."""
