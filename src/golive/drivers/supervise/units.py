"""A process's unit, for whatever keeps processes running on a host."""

from __future__ import annotations

from golive.drivers.places import AppPlaces
from golive.drivers.recipe import Unit
from golive.drivers.supervise import supervisor, systemd


def unit_template(
    places: AppPlaces, process: str, argv: tuple[str, ...], environment: str, chdir: str, reason: str
) -> str:
    """The text from which each release's unit is made. Raises ValueError for what it cannot say."""
    render = supervisor.unit_template if places.platform.local else systemd.unit_template
    return render(places, process, argv, environment, chdir, reason)


def render_unit(places: AppPlaces, unit: Unit, number: int) -> str:
    """The unit file of release ``number``."""
    if places.platform.local:
        return supervisor.render_unit(places.slug, unit.template, number, unit.instances)
    return systemd.render_unit(unit.template, number)
