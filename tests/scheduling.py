"""Which process of a run takes which tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadGroupScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

OUTAGE = "outage"
"""How the groups of tests begin that mostly wait for a server to stop and to start."""


class OutagesApart(LoadGroupScheduling):
    """One process takes all groups of outages and nothing else; the others take what is left, as ever."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        outages = [scope for scope in self.workqueue if scope.startswith(OUTAGE)]
        if not outages or len(self.nodes) == 1:
            super()._assign_work_unit(node)
            return
        for scope in outages:
            self.workqueue.move_to_end(scope, last=False)
            super()._assign_work_unit(node)
        node.shutdown()
