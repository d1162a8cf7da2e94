"""Facts: public mirrors of the package archives, and the index that Python uses when nobody says otherwise.

Each mirror is run by the organisation named, for everybody; apt checks signatures whatever it fetches from, so plain
http will do there, also on a server that has no certificate authorities yet.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mirror:
    """``archives``: the name of an archive (``debian``, ``debian-security``, ``ubuntu``, ``ubuntu-ports``) and where
    its mirror is. ``pypi``: an index's address."""

    name: str
    organisation: str
    archives: tuple[tuple[str, str], ...]
    pypi: str

    def archive(self, name: str) -> str:
        """Where the archive NAME is on this mirror, "" if it is not."""
        return dict(self.archives).get(name, "")


def _archives(root: str) -> tuple[tuple[str, str], ...]:
    """As all of them name their folders."""
    names = ("debian", "debian-security", "ubuntu", "ubuntu-ports")
    return tuple((name, f"{root}/{name}") for name in names)


OFFICIAL_INDEX = "https://pypi.org/simple/"

MIRRORS = (
    Mirror(
        "mirrors.aliyun.com",
        "Alibaba Cloud",
        _archives("http://mirrors.aliyun.com"),
        "https://mirrors.aliyun.com/pypi/simple/",
    ),
    Mirror(
        "mirrors.cloud.tencent.com",
        "Tencent Cloud",
        _archives("http://mirrors.cloud.tencent.com"),
        "https://mirrors.cloud.tencent.com/pypi/simple/",
    ),
    Mirror(
        "repo.huaweicloud.com",
        "Huawei Cloud",
        _archives("http://repo.huaweicloud.com"),
        "https://repo.huaweicloud.com/repository/pypi/simple/",
    ),
    Mirror(
        "mirrors.tuna.tsinghua.edu.cn",
        "Tsinghua University (TUNA)",
        _archives("http://mirrors.tuna.tsinghua.edu.cn"),
        "https://pypi.tuna.tsinghua.edu.cn/simple/",
    ),
    Mirror(
        "mirrors.ustc.edu.cn",
        "University of Science and Technology of China (USTC)",
        _archives("http://mirrors.ustc.edu.cn"),
        "https://mirrors.ustc.edu.cn/pypi/simple/",
    ),
)
"""Mainland China's: there, what is abroad is slow. Elsewhere a host's own sources are fast, and nobody asks these."""
