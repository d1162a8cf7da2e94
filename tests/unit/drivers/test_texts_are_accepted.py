"""nginx and systemd themselves read what the drivers write."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from golive.drivers.appserver.gunicorn import Size, command
from golive.drivers.places import AppPlaces
from golive.drivers.proxy.default_site import ANY_OTHER
from golive.drivers.proxy.nginx import Mount, Site, render_site
from golive.drivers.supervise.systemd import INSTANCE, RELEASE, render_boot_unit, render_unit, unit_template

PLACES = AppPlaces("guest-book")
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd's own parser")
needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx's own parser")


def unit(chdir: str = "") -> str:
    at = PLACES.release(RELEASE)
    argv = command("/envs/k", "a:b('$x %n')", at.socket("web", INSTANCE), at.scratch("web", INSTANCE), Size(2, 4, ""))
    return render_unit(unit_template(PLACES, "web", argv, "/envs/k", chdir, "2 workers"), 7)


def test_a_unit_has_no_marker_left() -> None:
    assert "@RELEASE@" not in unit()
    assert "@INSTANCE@" not in unit()


def test_a_unit_cannot_be_given_a_second_line_by_a_folder() -> None:
    with pytest.raises(ValueError, match="path"):
        unit("x\nUser=root")


@needs_systemd
@pytest.mark.parametrize("chdir", ["", "src/my app/中文", "50%n"])
def test_systemd_knows_every_line_of_the_unit(chdir: str, tmp_path: Path) -> None:
    file = tmp_path / "golive-guest-book-web-7@1.service"
    file.write_text(unit(chdir), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if file.name in line]
    # The only fault is that this machine has no such app.
    assert all("/envs/k/bin/gunicorn is not executable" in line for line in complaints), done.stderr


@needs_systemd
def test_the_sandbox_is_as_tight_as_promised(tmp_path: Path) -> None:
    file = tmp_path / "golive-guest-book-web-7@1.service"
    file.write_text(unit(), encoding="utf-8")
    argv = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("systemd-analyze before 250 cannot look at a file")
    score = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert score, done.stderr
    assert float(score[1]) <= 2.0


@needs_systemd
def test_systemd_knows_every_line_of_the_boot_unit(tmp_path: Path) -> None:
    file = tmp_path / "golive-guest-book.service"
    file.write_text(render_boot_unit(PLACES), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, file.name in done.stderr) == (0, False), done.stderr


@needs_nginx
@pytest.mark.parametrize(
    "site",
    [
        Site(("203.0.113.7", ANY_OTHER), 80, ("web-1.sock",)),
        Site(("例子.cn", "*.example.com", "2001:db8::7"), 8080, ("web-1.sock", "web-2.sock"), ipv6=True),
        Site(("a.example",), 80, ("web-1.sock",), (Mount("/static/", 'a "b" 中;{}/static', ("uploads",)),), "1g"),
    ],
    ids=["address", "names", "static"],
)
def test_nginx_accepts_the_site_before_anything_it_names_is_there(site: Site, tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text(render_site(PLACES, site), encoding="utf-8")
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ include {tmp_path}/site.conf; }}\n")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(main), "-p", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "site",
    [
        Site(("a.com; } server {",), 80, ("web-1.sock",)),
        Site(("a.com",), 80, ("web-1.sock",), (Mount("/static/", "../../etc"),)),
        Site(("a.com",), 80, ("web-1.sock",), (Mount("/static/", "/etc"),)),
        Site(("a.com",), 80, ("web-1.sock",), (Mount("/x y/", "static"),)),
        Site(("a.com",), 80, ("web-1.sock",), (Mount("/static/", "$uri"),)),
        Site(("a.com",), 80, ("web-1.sock",), (), "1m; root /"),
    ],
)
def test_what_could_escape_is_refused(site: Site) -> None:
    with pytest.raises(ValueError, match=r"."):
        render_site(PLACES, site)
