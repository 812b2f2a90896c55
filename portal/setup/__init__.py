"""First run 首次启用: leads the system administrator and the first HR administrator from an empty portal to an open one.

Nothing of it is stored: how far it is follows from what is there, so it can be left, and others can go on.
"""
