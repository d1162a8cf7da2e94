"""``golive plan``: every step that ``up`` would run, and nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from golive.cli.help_text import Command, wrap
from golive.cli.options import acting, app_folder
from golive.cli.view import View
from golive.engine.request import Request
from golive.locale import N_, _
from golive.protocol.codec import encode_step
from golive.protocol.steps import RecordRelease, Ref, Secret, Step, Text, WriteFile

if TYPE_CHECKING:
    from rich.console import Console

    from golive.model.plan import Plan

CHANGES_STATUS = 2


@click.command(
    cls=Command,
    help=N_(
        "Show every step that “golive up” would run: what it does, the files it writes, the commands a person would "
        "type, and why. Nothing is changed. Exit status: 0 nothing to change, 2 there are changes."
    ),
    examples=(
        ("golive plan", N_("for this computer")),
        ("golive plan --to web1", N_("for a practice server")),
        ("golive plan --to root@203.0.113.7 --json", N_("for a program to read")),
    ),
)
@app_folder
@acting
def command(view: View, request: Request, folder: Path) -> int:
    from golive.cli.silent import Silenced
    from golive.engine.deploy import plan_deploy

    plan = plan_deploy(folder, request, Silenced(view))
    view.show("plan", plan_data(plan), lambda console: render(plan, console, whole=view.verbose))
    view.done(url=plan.url, release=plan.release)
    return CHANGES_STATUS if plan.changes else 0


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan for programs."""
    from golive.explain.failures import notice

    notices = [
        {"code": n.code, "message": notice(n.code, dict(n.params)), "params": dict(n.params)} for n in plan.notices
    ]
    steps = [
        encode_step(step) | {"what": _what(step), "why_text": _why(step), "shell": list(_shell(step))}
        for step in plan.steps
    ]
    return {"url": plan.url, "release": plan.release, "changes": plan.changes, "notices": notices, "steps": steps}


def render(plan: Plan, console: Console, *, whole: bool = False) -> None:
    """The plan for people: numbered steps, each with what, files, commands and why. WHOLE: leave no command short."""
    from golive.explain.failures import notice

    for told in plan.notices:
        console.print(notice(told.code, dict(told.params)))
    if not plan.changes:
        console.print(_("Nothing to change: release %(release)s is live at %(url)s.") % vars_of(plan))
        return
    numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
    said = ""
    for step in plan.steps:
        render_step(step, numbers, console, why=step.why != said, whole=whole)
        said = step.why
    count = {**vars_of(plan), "count": len(plan.steps)}
    console.print(_("%(count)s steps to release %(release)s at %(url)s. Nothing has been changed yet.") % count)
    if not whole:
        console.print(_("“golive plan -v” leaves no command short."))


def vars_of(plan: Plan) -> dict[str, Any]:
    """What texts say about a plan."""
    return {"release": plan.release, "url": plan.url}


def render_step(
    step: Step, numbers: dict[str, int], console: Console, *, why: bool = True, whole: bool = False
) -> None:
    """One step. WHY: false when the step before had the same reason."""
    from rich.text import Text as RichText

    console.print(RichText.assemble((f"{numbers[step.id]:>3}. ", "dim"), (_what(step), "bold")), soft_wrap=True)
    for line in wrap(_why(step) if why else "", max(console.width - 5, 40)):
        console.print(RichText(f"     {line}", style="italic"), soft_wrap=True)
    if isinstance(step.action, WriteFile):
        for line in shown_text(step.action.content, numbers).splitlines():
            console.print(RichText(f"     + {line}", style="green"), soft_wrap=True)
    short = isinstance(step.action, (WriteFile, RecordRelease))
    for typed in _shell(step):
        for mark, line in typed_lines(typed, short=short and not whole):
            console.print(RichText(f"     {mark} {line}", style="cyan"), soft_wrap=True)
    console.print()


def typed_lines(typed: str, *, short: bool) -> list[tuple[str, str]]:
    """What stands before each line of a command, and the line. SHORT: a file's content is shown already, or is a record
    that only golive reads."""
    first, *rest = typed.splitlines()
    if short and len(rest) > 1:
        rest = ["...", rest[-1]]
    return [("$", first), *((" ", line) for line in rest)]


def shown_text(text: Text, numbers: dict[str, int]) -> str:
    """TEXT with its references in words: what is not known yet, or is nobody's to read."""
    if isinstance(text, str):
        return text
    return "".join(_piece(piece, numbers) for piece in text)


def _piece(piece: str | Ref | Secret, numbers: dict[str, int]) -> str:
    if isinstance(piece, Ref):
        return _("<known after step %(number)s>") % {"number": numbers.get(piece.step, piece.step)}
    if isinstance(piece, Secret):
        return _("<the secret %(name)s>") % {"name": piece.name}
    return piece


def _what(step: Step) -> str:
    from golive.explain.what import describe

    return describe(step.action)


def _why(step: Step) -> str:
    from golive.explain.why import WHY

    return _(WHY[step.why]) if step.why in WHY else ""


def _shell(step: Step) -> tuple[str, ...]:
    from golive.explain.shell import render_shell

    return render_shell(step.action)
