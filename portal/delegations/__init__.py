"""Delegation 代理: a manager hands acts to a colleague for a time; both names are kept, and it is never passed on."""
