"""Jobs 后台任务: rows are the record: claimed by a lease, retried, cancelled, resumed. `flask work` works them."""

from portal.jobs.context import Cancelled, Context
from portal.jobs.engine import ask, work_one
from portal.jobs.registry import Run, register

__all__ = ["Cancelled", "Context", "Run", "ask", "register", "work_one"]
