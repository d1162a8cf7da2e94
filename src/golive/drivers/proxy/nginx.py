"""nginx: one file an app, which names nothing but ``current`` and so need not change from release to release."""

from __future__ import annotations

from dataclasses import dataclass

from golive.drivers.places import IDENTITY_URL, MAINTENANCE_URL, AppPlaces
from golive.drivers.proxy.default_site import ANY_OTHER
from golive.drivers.proxy.quoting import quote, site_name, size, url_prefix, word

UNIT = "nginx.service"
PACKAGE = "nginx"

RETRY_AFTER = 300
"""Seconds after which programs (search engines, above all) are to ask again during maintenance."""


@dataclass(frozen=True)
class Mount:
    """A URL prefix that nginx answers from a folder of the release, relative to its code.

    ``written``: folders below it, relative to ``folder``, that the app itself writes into.
    """

    url: str
    folder: str
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """What visitors see. ``names``: domains and addresses, ANY_OTHER for the rest. ``sockets``: file names in the
    release's run folder. ``address``: the one to listen on, "" = all.
    """

    names: tuple[str, ...]
    port: int
    sockets: tuple[str, ...]
    mounts: tuple[Mount, ...] = ()
    upload_limit: str = "20m"
    ipv6: bool = False
    address: str = ""


def render_site(places: AppPlaces, site: Site) -> str:
    """The site's file. Raises ValueError for a name, folder or size that nginx must not be told."""
    variable = f"$golive_{places.slug.replace('-', '_')}_connection"
    blocks = [_upstream(places, site), _websocket_map(variable), _server(places, site, variable)]
    head = f"# Written by Golive for the app {places.slug}. The next `golive up` puts this file back as it should be.\n"
    return head + "\n" + "\n".join(blocks)


def visitor_host(site: Site) -> str:
    """The Host header of a visitor: the first name that is one (not a wildcard), with the port where it is unusual."""
    plain = (name for name in site.names if not name.startswith(("*.", "~")))
    name = next(plain, site.names[0].removeprefix("*."))
    return name if site.port == 80 else f"{name}:{site.port}"


def has_folder(mount: Mount) -> bool:
    """Whether nginx can be told this mount; if not, the app serves these files itself, only slower."""
    try:
        url_prefix(mount.url)
        quote(mount.folder)
        for folder in mount.written:
            _url_of(mount, folder)
    except ValueError:
        return False
    return True


def _upstream(places: AppPlaces, site: Site) -> str:
    sockets = (word(f"unix:{places.upstream}/run/{socket}") for socket in site.sockets)
    servers = "\n".join(f"    server {socket} max_fails=0;" for socket in sockets)
    return f"""\
# The app. The path leads through `current`, the link to the live release: a deploy renames that link, and the next
# request reaches the new release without a reload. That is also why there is no `keepalive` here: a connection kept
# open would go on reaching the old release.
upstream golive-{places.slug} {{
{servers}
}}
"""


def _websocket_map(variable: str) -> str:
    return f"""\
# A WebSocket starts as a request to upgrade the connection; every other request closes its connection to the app.
map $http_upgrade {variable} {{
    default upgrade;
    "" close;
}}
"""


def _server(places: AppPlaces, site: Site, variable: str) -> str:
    port = f"{site.address}:{site.port}" if site.address else str(site.port)
    listen = f"    listen {port};\n" + (f"    listen [::]:{site.port};\n" if site.ipv6 else "")
    names = " ".join(dict.fromkeys(name if name == ANY_OTHER else site_name(name) for name in site.names))
    rest = f"    # {ANY_OTHER} stands for every name that no other site claims.\n" if ANY_OTHER in site.names else ""
    host = "$host" if site.port == 80 else f"$host:{site.port}"
    return f"""\
server {{
{listen}{rest}    server_name {names};
    server_tokens off;

    # The largest upload that is let through; a larger one is answered with 413.
    client_max_body_size {size(site.upload_limit)};

    # Which release answers: Golive asks this after each switch.
    location = {IDENTITY_URL} {{
        alias {word(f"{places.current}/identity")};
        default_type text/plain;
        expires -1;
    }}

    # What visitors get during maintenance: 503 tells search engines that it is only for a while.
    error_page 503 {MAINTENANCE_URL};
    location = {MAINTENANCE_URL} {{
        internal;
        alias {word(places.maintenance)};
        default_type text/html;
        charset utf-8;
        add_header Retry-After {RETRY_AFTER} always;
        add_header Cache-Control no-store always;
    }}

{"".join(_mount(places, mount) for mount in site.mounts)}\
    # Everything else is the app's.
    location / {{
{_maintenance(places)}
        proxy_pass http://golive-{places.slug};
        proxy_http_version 1.1;

        # What the visitor asked for and who it was. These replace whatever a visitor may have sent under these names.
        proxy_set_header Host {host};
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Host "";
        proxy_set_header X-Forwarded-Port "";
        proxy_set_header X-Forwarded-Prefix "";
        proxy_set_header Forwarded "";
        proxy_set_header Proxy "";
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection {variable};

        # A request is never sent twice once the app may have seen it: it could be an order.
        proxy_next_upstream error;
        proxy_connect_timeout 5s;
        proxy_read_timeout 75s;
        proxy_send_timeout 75s;

        # Pages up to this size leave the app at once, however slowly the visitor reads.
        proxy_buffers 16 16k;
        proxy_buffer_size 16k;
    }}
}}
"""


def _maintenance(places: AppPlaces) -> str:
    """`golive maintenance on` writes the file: no reload is needed for it."""
    return f"""\
        if (-f {word(places.maintenance)}) {{
            return 503;
        }}"""


def _mount(places: AppPlaces, mount: Mount) -> str:
    """The static location, and one inside it for each folder that the app writes."""
    folder = _joined(places.current + "/code", mount.folder)
    comment = "Files that nginx sends itself. `expires -1`: a browser asks whether its copy is still the newest."
    pause = _maintenance(places)
    written = "".join(
        _location("Files that the app wrote.", _url_of(mount, inner), _joined(folder, inner), pause)
        for inner in mount.written
    )
    return _location(comment, url_prefix(mount.url), folder, pause) + written


def _location(comment: str, url: str, folder: str, pause: str) -> str:
    return f"""\
    # {comment}
    # A link out of the folder to another owner's file is not followed.
    location ^~ {url} {{
{pause}
        alias {quote(folder + "/")};
        disable_symlinks if_not_owner {quote("from=" + folder)};
        expires -1;
    }}

"""


def _url_of(mount: Mount, inner: str) -> str:
    return url_prefix(f"{mount.url}{inner.strip('/')}/")


def _joined(folder: str, inner: str) -> str:
    """``inner`` below ``folder``; a path that climbs out is refused."""
    parts = [part for part in inner.split("/") if part not in ("", ".")]
    if ".." in parts or inner.startswith("/"):
        raise ValueError("a path that leads out of the app")
    return "/".join([folder, *parts])
