"""Organisation facts 组织信息: what no directory holds, kept by HR: units, heads, posts, levels, leave, second posts.

Everything is dated: a change begins on a day, what was true before it stays and can be asked for any day.
"""
