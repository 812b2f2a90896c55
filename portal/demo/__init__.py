"""The demo company 示例公司: one generator for `make run`, the tests and the benchmarks.

`company`, `goals` and `talks` (with the texts under `words/`) are pure: they know a day and a seed, no database.
"""
