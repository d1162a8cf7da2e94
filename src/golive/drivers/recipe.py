"""What a release is made from, beside its commit: kept in its record, so that a rollback needs no app folder.

A rollback must bring back the settings of *that* release, not those that today's detection would choose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from golive.drivers.proxy.nginx import Mount
from golive.model.app import Health
from golive.protocol.facts import digest_of
from golive.protocol.steps import SharedPath


@dataclass(frozen=True)
class Unit:
    """A process and the text of its unit template, in which the release's number is still a marker."""

    process: str
    instances: int
    template: str


@dataclass(frozen=True)
class EnvironmentRecipe:
    """What the virtual environment holds. ``key`` names its folder."""

    key: str
    tool: str
    manifests: tuple[str, ...]
    extras: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """Everything rendered and chosen for one release."""

    environment: EnvironmentRecipe
    units: tuple[Unit, ...]
    chdir: str = ""
    plain_env: tuple[tuple[str, str], ...] = ()
    persist: tuple[SharedPath, ...] = ()
    databases: tuple[str, ...] = ()
    migrate: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    upload_limit: str = "20m"
    health: Health = field(default_factory=Health)

    def record(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self) | {"persist": [list(entry) for entry in self.persist]}

    @property
    def digest(self) -> str:
        """Another digest means another release."""
        return digest_of(self.record())

    def with_instances(self, instances: Mapping[str, int]) -> Recipe:
        """The same with this many instances of the processes that are named."""
        units = tuple(replace(unit, instances=instances.get(unit.process, unit.instances)) for unit in self.units)
        return replace(self, units=units)


def instances_in(record: Mapping[str, Any]) -> dict[str, int]:
    """How many of each process a release's record says; nothing of one that cannot be read."""
    try:
        return {unit.process: unit.instances for unit in recipe_from(record.get("recipe") or {}).units}
    except ValueError:
        return {}


def likeness(record: Mapping[str, Any]) -> str:
    """Releases that a visitor cannot tell apart have the same one: code, environment and settings, whatever the
    variables' values and the number of instances were."""
    recipe = record.get("recipe") or {}
    units = [{**unit, "instances": 0} for unit in recipe.get("units") or ()] if isinstance(recipe, dict) else []
    settings = {**recipe, "units": units} if units else record.get("settings")
    return digest_of([record.get("tree"), record.get("environment"), settings])


def recipe_from(record: Mapping[str, Any]) -> Recipe:
    """The reverse of ``Recipe.record``. Raises ValueError for a record that is damaged or of another format."""
    try:
        environment, health = record["environment"], record["health"]
        return Recipe(
            environment=EnvironmentRecipe(
                key=environment["key"],
                tool=environment["tool"],
                manifests=tuple(environment["manifests"]),
                extras=tuple(environment["extras"]),
            ),
            units=tuple(Unit(**unit) for unit in record["units"]),
            chdir=record["chdir"],
            plain_env=tuple((name, value) for name, value in record["plain_env"]),
            persist=tuple(SharedPath(*entry) for entry in record["persist"]),
            databases=tuple(record["databases"]),
            migrate=tuple(record["migrate"]),
            mounts=tuple(Mount(**(mount | {"written": tuple(mount["written"])})) for mount in record["mounts"]),
            upload_limit=record["upload_limit"],
            health=Health(health["path"], tuple(health["expect"]), health["timeout"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a recipe: {error!r}") from None
