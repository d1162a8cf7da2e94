"""Where everything of one app is on a host. The runner, the proxy and systemd meet at these paths."""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.platform import SERVER, Platform

ROOT = "/srv/golive"
RUN = "/run/golive"
STATE = "/var/lib/golive"
BUILDER = "golive-build"
BUILDER_HOME = f"{STATE}/build"
UNIT_FOLDER = "/etc/systemd/system"
PROXY_FOLDER = "/etc/nginx/conf.d"
PROXY_USER = "www-data"
IDENTITY_URL = "/.well-known/golive"
MAINTENANCE_URL = "/.well-known/golive-maintenance"


@dataclass(frozen=True)
class ReleasePlaces:
    """The paths of one release. ``number`` is a number, or the marker that stands for it in a template."""

    app: AppPlaces
    number: int | str

    @property
    def folder(self) -> str:
        return f"{self.app.releases}/{self.number}"

    @property
    def code(self) -> str:
        return f"{self.folder}/code"

    @property
    def record(self) -> str:
        return f"{self.folder}/release.json"

    @property
    def env(self) -> str:
        return f"{self.folder}/env"

    @property
    def units(self) -> str:
        return f"{self.folder}/units"

    @property
    def identity(self) -> str:
        return f"{self.folder}/identity"

    @property
    def run_link(self) -> str:
        return f"{self.folder}/run"

    @property
    def run(self) -> str:
        """The folder of the release's sockets; on a file system that a reboot empties."""
        return f"{self.app.platform.run}/{self.app.slug}/{self.number}"

    @property
    def snapshots(self) -> str:
        return f"{self.app.snapshots}/{self.number}"

    def socket(self, process: str, instance: int | str) -> str:
        return f"{self.run}/{process}-{instance}.sock"

    def scratch(self, process: str, instance: int | str) -> str:
        """An instance's private folder, gone with it: in memory where systemd makes it."""
        if self.app.platform.local:
            return f"{self.run}/{process}-{instance}.tmp"
        return f"/run/golive-{self.app.slug}-{process}-{self.number}-{instance}"

    def unit(self, process: str, instance: int | str = "") -> str:
        """The instance's unit, or without an instance the template it is made from."""
        return f"golive-{self.app.slug}-{process}-{self.number}@{instance}.service"

    def unit_file(self, process: str) -> str:
        if self.app.platform.local:
            return f"{self.app.platform.units}/{self.unit(process).removesuffix('.service')}.ini"
        return f"{self.app.platform.units}/{self.unit(process)}"


@dataclass(frozen=True)
class AppPlaces:
    """The paths of one app. ``slug`` has been validated: on a server nothing here needs quoting."""

    slug: str
    platform: Platform = SERVER

    def release(self, number: int | str) -> ReleasePlaces:
        return ReleasePlaces(self, number)

    def environment(self, key: str) -> str:
        return f"{self.environments}/{key}"

    @property
    def folder(self) -> str:
        return f"{self.platform.apps}/{self.slug}"

    @property
    def user(self) -> str:
        """The unprivileged user, and group, that the app runs as."""
        return self.platform.user or f"golive-{self.slug}"

    @property
    def owner(self) -> str:
        """Who owns what the app may only read."""
        return self.platform.owner

    @property
    def group(self) -> str:
        """The app's group, which the proxy belongs to."""
        return self.platform.group if self.platform.local else self.user

    @property
    def repository(self) -> str:
        return "" if self.platform.local else f"{self.folder}/repo.git"

    @property
    def releases(self) -> str:
        return f"{self.folder}/releases"

    @property
    def environments(self) -> str:
        return f"{self.folder}/envs"

    @property
    def shared(self) -> str:
        return f"{self.folder}/shared"

    @property
    def store(self) -> str:
        """The env store: what the app's environment variables are, root only."""
        return f"{self.folder}/env.json"

    @property
    def identity(self) -> str:
        return f"{self.folder}/identity"

    @property
    def current(self) -> str:
        return f"{self.folder}/current"

    @property
    def upstream(self) -> str:
        """``current``, by the way that is short enough for the paths of sockets."""
        return f"{self.platform.upstreams}/{self.slug}/current"

    @property
    def snapshots(self) -> str:
        return f"{self.folder}/snapshots"

    @property
    def maintenance(self) -> str:
        """While it is there, visitors get this page and nothing else."""
        return f"{self.folder}/maintenance.html"

    @property
    def proxy_file(self) -> str:
        return f"{self.platform.sites}/golive-{self.slug}.conf"

    @property
    def boot_unit(self) -> str:
        return f"golive-{self.slug}.service"

    @property
    def boot_unit_file(self) -> str:
        return f"{self.platform.units}/{self.boot_unit}"
