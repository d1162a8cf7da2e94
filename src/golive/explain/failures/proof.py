"""The site runs, and the user's own computer does not see it as it should. A warning: the deploy is done."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

PROOF: dict[str, Failure] = {
    "not-reached": Failure(
        N_("The site runs on %(host)s, but this computer gets no answer from %(url)s."),
        (
            N_("%(reason)s."),
            N_("The host's own firewall (%(firewall)s) does not let TCP port %(port)s in."),
            N_("New cloud servers often let only SSH in, until port %(port)s is opened in the provider's console."),
            N_("In mainland China, connections to a domain without ICP filing (备案) are cut: here %(unfiled)s."),
        ),
        (
            N_("On the host: “%(command)s”."),
            N_("In the console: the server's security group (安全组) or firewall, inbound, TCP %(port)s, 0.0.0.0/0."),
            N_("Then open %(url)s: nothing has to be deployed again."),
        ),
    ),
    "not-seen-from-here": Failure(
        N_("The site runs on %(host)s. This computer cannot see it at %(url)s, which may be as it should be."),
        (
            N_("%(address)s is a private address, and golive itself comes to the host another way."),
            N_("Only computers in the same network see it there."),
        ),
        (
            N_("Open %(url)s from inside that network."),
            N_("If visitors use another address, say so in golive.toml: visited_as under [hosts.NAME]."),
        ),
    ),
    "intercepted": Failure(
        (
            N_("The site runs on %(host)s, but something else answers at %(url)s when this computer asks."),
            N_("Its status: %(status)s."),
            N_("Its title: “%(title)s”."),
            N_("It leads on to %(location)s."),
        ),
        (
            N_("It is not golive's release: it comes from the way between, or from another machine at this address."),
            N_(
                "In mainland China, providers show such a page for a domain without ICP filing (备案): here %(domain)s."
            ),
        ),
        (
            N_("If %(domain)s is not filed: file it with your provider, or use a server outside mainland China."),
            N_("Open %(url)s in a browser and read whose page it is: nothing has to be deployed again."),
        ),
    ),
    "name-leads-nowhere": Failure(
        N_("The site runs, but “%(name)s” leads nowhere yet."),
        N_("No DNS record tells browsers its address, or a new one is not seen here so far: that takes some minutes."),
        (
            N_("Where you bought the domain, add an A record for it (域名解析): %(record)s."),
            N_("Then open %(url)s: nothing has to be deployed again."),
            N_(
                "If only SSH on this computer knows “%(alias)s”, say in golive.toml what visitors type: under "
                '[hosts.NAME], visited_as = "%(address)s".'
            ),
        ),
    ),
    "name-leads-elsewhere": Failure(
        N_("The site runs, but “%(name)s” leads to %(found)s, and not to this host."),
        N_("Who types the name reaches another machine. A change of DNS is seen after minutes, sometimes hours."),
        (
            N_("Where you bought the domain, set its A record (域名解析) to %(address)s."),
            N_("If a CDN of yours is there, let it fetch from %(address)s."),
            N_("Then open %(url)s: nothing has to be deployed again."),
        ),
    ),
    "page-fails-here": Failure(
        N_("The new release is live, but answers this computer's visit to “%(path)s” with %(status)s."),
        N_("Asked on the host a moment ago, the page was well: it fails now and then, or not for everybody."),
        N_("See what the app says, “golive logs”, and open %(url)s."),
    ),
}
