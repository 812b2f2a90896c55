"""Cycles 评估周期: a cycle, its schemes and their forms: what is judged, with which weight, on which scale (S21)."""
