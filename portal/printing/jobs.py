"""The job that archives a form."""

from flask import g

from portal import clock, jobs
from portal.access import viewer as viewers
from portal.printing import archive
from portal.printing.operations import NO_ADDRESS, NoAddress
from portal.printing.pdf import PrintFailed
from portal.printing.registry import kind_or_404
from portal.words import N_

FAILS: dict[type[Exception], str] = {
    PrintFailed: N_("The form could not be drawn as it must be for the archive."),
    archive.NoFont: N_("The form has characters that no installed font has. The worker's log says which."),
    archive.NotFit: N_("What was drawn is not fit for the archive. The worker's log says why."),
    NoAddress: NO_ADDRESS,
}
"""Why an archived copy could not be made."""


def run(context: jobs.Context) -> None:
    """For whom asked, with the rights they have when it runs and what is switched on for them."""
    asked = viewers.ask(context.asked_by_id or 0, clock.today())
    g.off = asked.off
    ready = archive.prepare(kind_or_404(context.args["kind"]), context.args["object_id"], asked.viewer)
    context.step(0, 1)  # commits: nothing is locked while the form is drawn
    if ready:
        archive.store(ready)
    context.step(1, 1)


def register() -> None:
    """Called once by create_app."""
    jobs.register(archive.JOB, run, N_("Archive a form as a PDF"), FAILS)
