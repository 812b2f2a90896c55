"""Printing 打印: a form as an archive PDF, its number, and the page that says whether a paper is current (D3).

It knows no review: a feature registers what it prints (`document`), and hands over what this reader may see.
"""

from portal.printing.registry import Kind, Paper, document

__all__ = ["Kind", "Paper", "document"]
