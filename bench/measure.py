"""Contenders take turns, so that a busy minute of the machine hits all of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.commands import Stopwatch


@dataclass(frozen=True)
class Samples:
    """What one contender took, in seconds."""

    contender: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def take_turns(contenders: Mapping[str, Callable[[], None]], rounds: int, *, warm_up: bool = True) -> list[Samples]:
    """Time each contender ``rounds`` times; another one begins in each round. ``warm_up``: one more, not counted."""
    names = list(contenders)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    if warm_up:
        for name in names:
            contenders[name]()
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            with Stopwatch() as watch:
                contenders[name]()
            seconds[name].append(watch.seconds)
    return [Samples(name, tuple(seconds[name])) for name in names]


def ratio(slower: Samples, faster: Samples) -> float:
    """How many times longer the first takes, by medians."""
    return slower.median / faster.median


def timing_rows(samples: Sequence[Samples], baseline: str) -> list[tuple[str, ...]]:
    """The rows of a table: contender, median, fastest, slowest, times the baseline's median."""
    base = next(sample for sample in samples if sample.contender == baseline)
    return [
        (
            sample.contender,
            format_seconds(sample.median),
            format_seconds(min(sample.seconds)),
            format_seconds(max(sample.seconds)),
            f"{ratio(sample, base):.2f}",
        )
        for sample in samples
    ]


def timing_columns(baseline: str) -> tuple[str, ...]:
    """The heads of ``timing_rows``."""
    return ("", "median", "fastest", "slowest", f"× {baseline}")


def format_seconds(value: float) -> str:
    """Seconds as a person compares them: 12.3 s, 0.42 s, 38 ms."""
    if value >= 10:
        return f"{value:.1f} s"
    return f"{value:.2f} s" if value >= 0.2 else f"{value * 1000:.0f} ms"
