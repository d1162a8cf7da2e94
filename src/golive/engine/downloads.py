"""A slow way to packages is noticed before it is gone: measured once, and only for a plan that downloads some."""

from __future__ import annotations

import os
from dataclasses import replace

from golive import planner
from golive.drivers.downloads import Choice
from golive.engine.session import Session
from golive.model.host import Host
from golive.model.mirrors import OWN, MirrorSettings
from golive.model.plan import Plan
from golive.protocol.facts import Facts, ProbeRequest

VARIABLE = "GOLIVE_MIRRORS"
"""``own``: measure nothing, ask no mirror. ``cn``: as ``mirrors.preset``. For one command, or a whole CI."""


def settings_in_use(settings: MirrorSettings) -> MirrorSettings:
    """What golive.toml says, and where it says nothing what the environment says."""
    told = os.environ.get(VARIABLE, "")
    if told == OWN:
        return replace(settings, apt=settings.apt or OWN, pypi=settings.pypi or OWN)
    return replace(settings, preset=told) if told == "cn" and not settings.preset else settings


def with_own_index(host: Host) -> Host:
    """HOST for an app that says itself where its Python packages come from: there is nothing to choose."""
    return replace(host, mirrors=replace(host.mirrors, pypi=host.mirrors.pypi or OWN))


class Downloads:
    """Finds the fastest sources for the plans of one errand; a plan that is made anew is not measured for again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._settings = settings_in_use(session.host.mirrors)
        self._measured: dict[tuple[str, ...], Facts] = {}

    def improved(self, plan: Plan, facts: Facts) -> Plan:
        """PLAN with the fastest sources. Raises HostError when the connection is lost."""
        kinds = planner.kinds_needed(plan)
        if kinds not in self._measured:
            self._measured[kinds] = self._measure(facts, kinds)
        return planner.with_downloads(plan, facts, self._settings, self._measured[kinds])

    def choices(self, facts: Facts) -> tuple[Choice, ...]:
        """Where each kind of package would come from, with the figures. Raises HostError."""
        measured = self._measure(facts, planner.DOWNLOADS)
        return planner.choices(facts, self._settings, measured)

    def _measure(self, facts: Facts, kinds: tuple[str, ...]) -> Facts:
        """Facts that hold nothing but ``mirrors``. One more round trip, of some seconds at most."""
        wanted = planner.wants_measured(facts, self._settings, kinds)
        return self._session.facts(ProbeRequest(measure=wanted)) if wanted else Facts({})
