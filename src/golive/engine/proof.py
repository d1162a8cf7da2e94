"""The last proof of a deploy: the site, asked from the user's own computer, answers with the new release.

The host has asked itself already, so nothing here makes a deploy fail: it tells what stands between the host and its
visitors, the cloud's firewall, the domain's DNS or a provider's page.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass

from golive.engine.outcome import Concern, Outcome
from golive.engine.reporter import Reporter
from golive.engine.visit import Answer, Question, Visit, Visitor
from golive.errors import Param
from golive.model.host import Host
from golive.model.plan import Plan
from golive.protocol.facts import Facts
from golive.protocol.steps import VerifySite

LIMIT = 5.0
"""Seconds, both tries together."""

FIRST_TRY = 2.5
PAUSE = 0.25
"""Seconds before a second try where the first one was turned down at once."""

PAGE = 2.0
"""Seconds that the page may take longer than the identity: the host has seen it, so a slow one is no news."""

SILENCE = 2.0
"""Seconds after which it is said what is being waited for."""

_FAKE = ipaddress.ip_network("198.18.0.0/15")
"""What programs such as Clash answer for every name: their own network, which leads to the real address."""


_OPENING = {
    "ufw": "ufw allow {}/tcp",
    "firewalld": "firewall-cmd --permanent --add-port={}/tcp && firewall-cmd --reload",
}


@dataclass(frozen=True)
class Place:
    """Where visitors go. ``name``: in the URL. ``addresses``: those of the host that are known, the one that visitors
    most likely use first. ``reached``: the one at which this computer reaches it, "" if only by way of another host.

    ``firewall``: the program on the host that keeps the port shut, "" if none is known.
    """

    url: str
    name: str
    port: int
    host: str
    addresses: tuple[str, ...]
    reached: str = ""
    firewall: str = ""


def prove(outcome: Outcome, plan: Plan, host: Host, facts: Facts, reached: str, reporter: Reporter) -> Outcome:
    """OUTCOME with what this computer sees of the site. REACHED: see ``Place``. Never raises."""
    check = next((step.action for step in plan.steps if isinstance(step.action, VerifySite)), None)
    if check is None:
        return outcome
    if host.kind == "local":
        # The host is this computer and has just asked itself: there is nothing more to see from anywhere.
        return outcome.proven("host")
    place = place_of(plan.url, check.port, host, facts, reached)
    try:
        concern = judge(*_visits(place, check, reporter), check, place)
    except KeyboardInterrupt:
        # Whoever does not want to wait for it: the site is live all the same.
        return outcome.proven("host")
    # A page that fails has been seen all the same.
    seen = concern is None or concern.code == "page-fails-here"
    return outcome.proven("computer" if seen else "host", *([concern] if concern else []))


def place_of(url: str, port: int, host: Host, facts: Facts, reached: str) -> Place:
    """Where the visitors of URL go."""
    name = url.removeprefix("http://").removesuffix(f":{port}").strip("[]")
    known = (host.visited_as, reached, host.address, *(facts.peek("addresses") or ()))
    addresses = tuple(dict.fromkeys(text for text in known if _address(text)))
    shut = port in (facts.peek("firewall", "shut") or ())
    firewall = str(facts.peek("firewall", "program") or "") if shut else ""
    return Place(url, name, port, host.name, addresses, reached, firewall)


def _visits(place: Place, check: VerifySite, reporter: Reporter) -> tuple[Visit, Visit | None]:
    """What came of asking for the identity, and for the page (None: nothing yet). Both are asked at once, for each
    takes as long as the way to the host and back."""
    ends = time.monotonic() + LIMIT
    page = Visitor(Question(place.name, place.port, check.host, check.path), LIMIT)
    identity = Question(place.name, place.port, check.host, check.identity_path)
    first = Visitor(identity, FIRST_TRY)
    if first.wait(SILENCE) is None:
        reporter.say("asking-from-here", url=place.url)
    visit = first.result()
    if not is_ours(visit, check.identity) and visit.problem != "name":
        if visit.problem != "timeout":
            time.sleep(PAUSE)
        again = Visitor(identity, ends - time.monotonic()).result()
        visit = again if again.answer or not visit.answer else visit
    return visit, page.wait(min(PAGE, ends - time.monotonic()) if visit.answer else 0)


def is_ours(visit: Visit, identity: str) -> bool:
    """Whether the answer is that of the release."""
    return visit.answer is not None and visit.answer.status == 200 and identity.strip() in visit.answer.text


def judge(visit: Visit, page: Visit | None, check: VerifySite, place: Place) -> Concern | None:
    """What there is to tell of the site as this computer sees it; None: it is as it should be."""
    if is_ours(visit, check.identity):
        return _page_fails(page, check, place)
    url, address = place.url, next(filter(_is_public, place.addresses), (*place.addresses, "")[0])
    if not visit.found and not visit.answer:
        return _leads_nowhere(place, address)
    if leads_elsewhere(place, visit.found):
        return _concern("name-leads-elsewhere", name=place.name, found=visit.found, address=address, url=url)
    if visit.answer or visit.problem == "garbled":
        return _intercepted(visit, page, place)
    if not _visitable(place, visit.found):
        return _concern("not-seen-from-here", url=url, host=place.host, address=visit.found[0])
    return _concern(
        "not-reached",
        url=url,
        host=place.host,
        port=place.port,
        reason=visit.problem,
        firewall=place.firewall,
        command=_OPENING.get(place.firewall, "").format(place.port),
        unfiled=place.name if visit.problem == "reset" and not _address(place.name) else "",
    )


def _concern(code: str, **params: Param) -> Concern:
    return Concern(code, params)


def _leads_nowhere(place: Place, address: str) -> Concern:
    """A domain without a DNS record, or a name that only this computer's SSH settings know."""
    if "." in place.name:
        return _concern("name-leads-nowhere", name=place.name, record=address, url=place.url, alias="", address="")
    return _concern("name-leads-nowhere", name=place.name, record="", url="", alias=place.name, address=address)


def _page_fails(page: Visit | None, check: VerifySite, place: Place) -> Concern | None:
    """The release answers here, and its page does not do so as it did to the host."""
    if page is None or page.answer is None:
        return None
    status = page.answer.status
    # The twin of golive.runner.perform.health.accepted.
    usual = 200 <= status < 400 or status in (401, 403, 404, 405, 422)
    if status in check.expect if check.expect else usual:
        return None
    return _concern("page-fails-here", url=place.url, path=check.path, status=status)


def _intercepted(visit: Visit, page: Visit | None, place: Place) -> Concern:
    """What came instead; the page is what shows its title, if the answer to the identity does not."""
    answers = [found.answer for found in (visit, page) if found and found.answer]
    title = next((answer.title for answer in answers if answer.title), "")
    location = next((answer.location for answer in answers if answer.location), "")
    status = (answers or [Answer(0)])[0].status
    domain = "" if _address(place.name) else place.name
    seen = {"status": status or "", "title": title, "location": location}
    return _concern("intercepted", url=place.url, host=place.host, domain=domain, **seen)


def leads_elsewhere(place: Place, found: tuple[str, ...]) -> bool:
    """Whether a domain leads to other addresses than the host's. Only said where the host's public one is known: one in
    a private network may be visited by any other address."""
    if _address(place.name) or not found or any(_is_fake(text) for text in found):
        return False
    comparable = any(_is_public(text) for text in place.addresses) or not any(_is_public(text) for text in found)
    return comparable and not set(found) & set(place.addresses)


def _visitable(place: Place, found: tuple[str, ...]) -> bool:
    """Whether this computer ought to see the site: at a public address, or where it reaches the host anyway. A private
    address that only a jump host reaches is none of those."""
    return any(_is_public(text) or _is_fake(text) or text == place.reached for text in found)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_public(text: str) -> bool:
    address = _address(text)
    return address is not None and address.is_global


def _is_fake(text: str) -> bool:
    address = _address(text)
    return isinstance(address, ipaddress.IPv4Address) and address in _FAKE
