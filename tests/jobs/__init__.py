STEPS = 5
"""Of each job that tests/jobs/counting.py counts."""
