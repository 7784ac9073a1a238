"""The way of a run, stage by stage: what is done and when, and where it stands, told by shape, word and colour."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _


class Progress(StrEnum):
    """How far a stage is, as the page's style names it; WAITING: for people; SKIPPED: the run ended before it."""

    DONE = "done"
    NOW = "now"
    WAITING = "waiting"
    STOPPED = "stopped"
    TODO = "todo"
    SKIPPED = "skipped"


_ICONS = {
    Progress.DONE: "check",
    Progress.NOW: "hourglass_top",
    Progress.WAITING: "front_hand",
    Progress.STOPPED: "front_hand",
    Progress.TODO: "circle",
    Progress.SKIPPED: "remove",
}


@dataclass(frozen=True)
class Stage:
    """One stage: its title, when it ended (None: not, or not noted), and how far it is."""

    title: str
    at: datetime | None
    progress: Progress

    @property
    def icon(self) -> str:
        """A shape for those who see no colours."""
        return _ICONS[self.progress]

    @property
    def is_current(self) -> bool:
        """Whether the run is at this stage."""
        return self.progress in (Progress.NOW, Progress.WAITING, Progress.STOPPED)

    @property
    def word(self) -> str:
        """The same for those who listen."""
        return {
            Progress.DONE: _("done"),
            Progress.NOW: _("under way"),
            Progress.WAITING: _("waits for people"),
            Progress.STOPPED: _("stopped"),
            Progress.TODO: _("still to come"),
            Progress.SKIPPED: _("did not come to it"),
        }[self.progress]
