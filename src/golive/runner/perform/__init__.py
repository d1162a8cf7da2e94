"""Doing on the host what each kind of step says.

``PERFORM`` has one function for each kind of ``golive.protocol.steps``, whose docstrings are the specification; its
twin, what a person would type, is in ``golive.explain.shell``. Each looks first and changes only what is not as it
should be; it returns whether it changed anything, and raises StepFailed with a code.
"""

from typing import Any, Callable, Dict

from golive.runner.perform.code import perform_receive_code
from golive.runner.perform.commands import perform_run_command
from golive.runner.perform.database import perform_snapshot_database
from golive.runner.perform.drain import perform_drain_units
from golive.runner.perform.environment import perform_build_environment
from golive.runner.perform.files import perform_ensure_directory, perform_remove_paths, perform_write_file
from golive.runner.perform.health import perform_wait_healthy
from golive.runner.perform.links import perform_ensure_link
from golive.runner.perform.packages import perform_install_packages
from golive.runner.perform.proxy import perform_reload_proxy, perform_verify_site
from golive.runner.perform.records import perform_record_release
from golive.runner.perform.shared import perform_share_data
from golive.runner.perform.switch import perform_switch_release
from golive.runner.perform.units import (
    perform_enable_unit,
    perform_reload_units,
    perform_start_units,
    perform_stop_units,
)
from golive.runner.perform.users import perform_ensure_user, perform_remove_user
from golive.runner.perform.variables import (
    perform_generate_secrets,
    perform_remove_secrets,
    perform_write_environment_file,
)

PERFORM: Dict[str, Callable[[Any, Any], bool]] = {
    "install_packages": perform_install_packages,
    "ensure_user": perform_ensure_user,
    "ensure_directory": perform_ensure_directory,
    "write_file": perform_write_file,
    "ensure_link": perform_ensure_link,
    "remove_paths": perform_remove_paths,
    "receive_code": perform_receive_code,
    "share_data": perform_share_data,
    "build_environment": perform_build_environment,
    "generate_secrets": perform_generate_secrets,
    "remove_secrets": perform_remove_secrets,
    "write_environment_file": perform_write_environment_file,
    "snapshot_database": perform_snapshot_database,
    "run_command": perform_run_command,
    "record_release": perform_record_release,
    "reload_units": perform_reload_units,
    "enable_unit": perform_enable_unit,
    "start_units": perform_start_units,
    "stop_units": perform_stop_units,
    "wait_healthy": perform_wait_healthy,
    "reload_proxy": perform_reload_proxy,
    "switch_release": perform_switch_release,
    "verify_site": perform_verify_site,
    "drain_units": perform_drain_units,
    "remove_user": perform_remove_user,
}
"""Every kind of step by its name on the wire."""
