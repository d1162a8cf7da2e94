"""The steps that keep a release's processes running: a unit for each, and one that starts them at boot."""

from __future__ import annotations

from golive.drivers.draft import Draft
from golive.drivers.files import differs
from golive.drivers.places import ReleasePlaces
from golive.drivers.recipe import Unit
from golive.drivers.supervise import systemd
from golive.drivers.supervise.units import render_unit
from golive.protocol.steps import EnableUnit, ReloadUnits, WriteFile


def plan_unit(draft: Draft, at: ReleasePlaces, unit: Unit) -> None:
    """What keeps a process of this release running."""
    places = draft.places
    text = render_unit(places, unit, int(at.number))
    file = WriteFile(at.unit_file(unit.process), text, 0o644, places.owner, places.platform.group)
    draft.add(f"unit-{unit.process}", file, "unit", needs=("env-file",))


def plan_boot_unit(draft: Draft) -> None:
    """The unit that starts the live release at boot, where it is not there or not as it should be. With the user's own
    computer nothing is started: ``golive up`` does that."""
    places = draft.places
    if places.platform.local:
        return
    boot = systemd.render_boot_unit(places)
    if differs(draft.facts, WriteFile(places.boot_unit_file, boot)):
        draft.add("boot-unit", WriteFile(places.boot_unit_file, boot), "boot-unit")
        draft.add("reload-units", ReloadUnits(), "reload-units", needs=("boot-unit", "unit-web"))
    if draft.facts.get("units", places.boot_unit, "enabled") != "enabled":
        draft.add("enable-boot-unit", EnableUnit(places.boot_unit), "enable", needs=("boot-unit", "reload-units"))
