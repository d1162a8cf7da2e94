"""What a person would type as root, in bash, for each kind of step.

The twin of ``golive.runner.perform``: a test applies both to two practice servers and compares them. Pure: nothing is
run here. Everything from outside is quoted in ``quoting``; secrets are never shown, only where to get one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golive.explain.shell.asking import (
    render_shell_drain_units,
    render_shell_verify_site,
    render_shell_wait_healthy,
)
from golive.explain.shell.code import render_shell_receive_code, render_shell_share_data
from golive.explain.shell.environment import (
    render_shell_build_environment,
    render_shell_generate_secrets,
    render_shell_remove_secrets,
    render_shell_run_command,
    render_shell_snapshot_database,
    render_shell_write_environment_file,
)
from golive.explain.shell.files import (
    render_shell_ensure_directory,
    render_shell_ensure_link,
    render_shell_record_release,
    render_shell_remove_paths,
    render_shell_switch_release,
    render_shell_write_file,
)
from golive.explain.shell.system import (
    render_shell_enable_unit,
    render_shell_ensure_user,
    render_shell_install_packages,
    render_shell_reload_proxy,
    render_shell_reload_units,
    render_shell_remove_user,
    render_shell_start_units,
    render_shell_stop_units,
)
from golive.protocol.steps import Action, kind_of

RENDER_SHELL: dict[str, Callable[[Any], tuple[str, ...]]] = {
    "install_packages": render_shell_install_packages,
    "ensure_user": render_shell_ensure_user,
    "ensure_directory": render_shell_ensure_directory,
    "write_file": render_shell_write_file,
    "ensure_link": render_shell_ensure_link,
    "remove_paths": render_shell_remove_paths,
    "receive_code": render_shell_receive_code,
    "share_data": render_shell_share_data,
    "build_environment": render_shell_build_environment,
    "generate_secrets": render_shell_generate_secrets,
    "remove_secrets": render_shell_remove_secrets,
    "write_environment_file": render_shell_write_environment_file,
    "snapshot_database": render_shell_snapshot_database,
    "run_command": render_shell_run_command,
    "record_release": render_shell_record_release,
    "reload_units": render_shell_reload_units,
    "enable_unit": render_shell_enable_unit,
    "start_units": render_shell_start_units,
    "stop_units": render_shell_stop_units,
    "wait_healthy": render_shell_wait_healthy,
    "reload_proxy": render_shell_reload_proxy,
    "switch_release": render_shell_switch_release,
    "verify_site": render_shell_verify_site,
    "drain_units": render_shell_drain_units,
    "remove_user": render_shell_remove_user,
}
"""Every kind of step by its name on the wire."""


def render_shell(action: Action) -> tuple[str, ...]:
    """The commands that do what ACTION says, in order. A command may have several lines (a here-document)."""
    return RENDER_SHELL[kind_of(action)](action)
