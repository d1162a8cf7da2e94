"""``golive maintenance``: visitors get a calm page instead of the app, or the app again."""

from __future__ import annotations

import time
from pathlib import Path

from golive import planner
from golive.config import load
from golive.detect import slug_for
from golive.engine.errand import Errand, carry_out
from golive.engine.login import chosen_host, connected
from golive.engine.outcome import Outcome
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import AppError

OWN_PAGE = "maintenance.html"
LONGEST = 1_000_000
"""Bytes of a page, that travels inside the plan."""

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="60">
<title>Back soon · 稍后回来</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; text-align: center; line-height: 1.6;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
main { padding: 2rem; max-width: 32rem; }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 .5rem; }
p { margin: 0; opacity: .75; }
section + section { margin-top: 2.5rem; }
</style>
</head>
<body>
<main>
<section lang="en"><h1>Back soon</h1>
<p>This site is being looked after and will be back in a little while. This page looks again by itself.</p></section>
<section lang="zh-CN"><h1>稍后回来</h1>
<p>网站正在维护，很快就好。本页会自动刷新，请稍候。</p></section>
</main>
</body>
</html>
"""


def maintenance(folder: Path, request: Request, on: bool, reporter: Reporter) -> Outcome:
    """Switch it ON or off. The page is the app folder's own ``maintenance.html``, else ours. Raises GoliveError."""
    started = time.monotonic()
    settings = load(folder)
    slug = slug_for(folder, settings)
    host = chosen_host(request, settings)
    page = page_of(folder) if on else None
    errand = Errand(
        wants=planner.wants_maintenance(slug, host.platform),
        plan=lambda facts: planner.plan_maintenance(slug, host, facts, page),
    )
    with connected(host, request, reporter) as session:
        return carry_out(errand, session, reporter, started)


def page_of(folder: Path) -> str:
    """What visitors will see. Raises AppError ``maintenance-page-unusable``."""
    file = folder / OWN_PAGE
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return PAGE
    except OSError as error:
        raise AppError("maintenance-page-unusable", path=str(file), reason=error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise AppError("maintenance-page-unusable", path=str(file), reason="encoding") from None
    if len(content) > LONGEST:
        raise AppError("maintenance-page-unusable", path=str(file), reason="size")
    return text
