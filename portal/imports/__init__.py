"""Imports 导入: what HR fills in as a workbook (.xlsx): a template, a preview row by row, then all of it or nothing.

A feature registers a `Kind`: which sheets it takes, what rows would change, and how that is written.
"""

from portal.imports.kinds import TOLD, Kind, Outcome, Remark, Row, SheetDef, register

__all__ = ["TOLD", "Kind", "Outcome", "Remark", "Row", "SheetDef", "register"]
