"""The table of grants can be read: every act and every relation has its word, and stands once."""

from portal.access.grants import GRANTS, Act, Relation
from portal.access.words import ACTS, RELATIONS


def test_every_act_stands_under_one_heading_and_every_relation_has_a_name():
    acts = [act for group in ACTS.values() for act in group]
    assert sorted(acts) == sorted(Act) == sorted(GRANTS) and set(RELATIONS) == set(Relation)
