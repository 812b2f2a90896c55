"""Jobs 后台任务: rows are the record: claimed by a lease, retried, cancelled, resumed. `flask work` works them."""

from portal.jobs.context import Context
from portal.jobs.engine import ask, work_one
from portal.jobs.registry import Run, register

__all__ = ["Context", "Run", "ask", "register", "work_one"]
