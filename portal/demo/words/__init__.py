"""Texts of the demo company, written as its people would write them. Nothing here computes."""
