"""Which roles of the whole company give a function of the portal: for selects over everybody who holds one."""

from portal.access.grants import GRANTS, Act
from portal.access.models import Role


def holding(act: Act) -> frozenset[str]:
    """The names of the roles."""
    return frozenset(Role) & GRANTS[act].to
