"""Jobs 后台任务: rows are the record: claimed by a lease, retried, cancelled, resumed. `flask work` works them."""

from portal.jobs.engine import Context, Run, ask, register, work_one

__all__ = ["Context", "Run", "ask", "register", "work_one"]
