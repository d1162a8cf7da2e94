"""nginx on the user's own computer: a configuration of its own, beside the system's, for a user without rights."""

from __future__ import annotations

from golive.drivers.proxy.quoting import quote
from golive.model.platform import Platform

TYPES = """\
        text/html html htm shtml;
        text/css css;
        text/xml xml;
        text/plain txt;
        text/markdown md;
        text/calendar ics;
        application/javascript js mjs;
        application/json json map;
        application/manifest+json webmanifest;
        application/atom+xml atom;
        application/rss+xml rss;
        application/pdf pdf;
        application/wasm wasm;
        application/zip zip;
        application/epub+zip epub;
        image/avif avif;
        image/gif gif;
        image/jpeg jpeg jpg;
        image/png png;
        image/svg+xml svg svgz;
        image/webp webp;
        image/x-icon ico;
        font/otf otf;
        font/ttf ttf;
        font/woff woff;
        font/woff2 woff2;
        audio/mpeg mp3;
        audio/ogg ogg;
        audio/x-m4a m4a;
        video/mp4 mp4;
        video/mpeg mpeg mpg;
        video/quicktime mov;
        video/webm webm;
"""


def render_config(platform: Platform) -> str:
    """``nginx.conf``. Raises ValueError for a folder that nginx cannot be told."""
    temporary = "".join(
        f"    {kind}_temp_path {quote(platform.file(f'proxy/{kind}'))};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Started by root, its workers would be nobody, who cannot enter root's folders.
    user = "user root;\n" if platform.user == "root" else ""
    return f"""\
# Written by Golive for this computer alone. The apps' sites are the files in {platform.sites}.
daemon off;
{user}worker_processes 2;
pid {quote(platform.file("proxy/nginx.pid"))};
error_log stderr;

events {{
    worker_connections 512;
}}

http {{
{temporary}    access_log off;
    sendfile on;
    server_names_hash_bucket_size 128;
    types {{
{TYPES}    }}
    default_type application/octet-stream;
    include {quote(platform.sites + "/golive-*.conf")};
}}
"""
