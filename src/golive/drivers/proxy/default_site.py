"""Visitors who come by a name that no site claims: the app without a domain gets them, unless somebody else wants them.

nginx has a default site for them: on a new Debian the page "Welcome to nginx". To take its place would mean to change a
file that is not golive's, and two sites that both say ``default_server`` keep nginx from starting (after a
reinstallation of its package, say). A regular expression that fits any name needs neither: nginx tries it after all
names and wildcards and before the default site. So nothing is changed, and ``golive down`` has nothing to put back.
"""

from __future__ import annotations

from golive.protocol.facts import Facts

ANY_OTHER = "~."
"""Among the names of a site: every name that no other site claims. The probe looks for it in the site's file."""


def kept_by(facts: Facts, port: int) -> str:
    """The file of the site that somebody has made for such visitors on this port, or that tells names apart by regular
    expressions (ours would come before them). "" where they are free to take."""
    there = facts.get("default_sites", str(port)) or {}
    if there.get("patterns"):
        return str(there["patterns"])
    return "" if not there or there.get("stock") else str(there["file"])
