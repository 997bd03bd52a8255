"""Numbers and names as the tables have them."""

from tools.bench.peers import registry
from tools.bench.results import Series, Verdict


def who(key: str) -> str:
    """A contestant's name."""
    known = {**registry.OURS, **registry.PEERS}
    return known[key].name if key in known else key


def rate(series: Series) -> str:
    """The median, and how far the repetitions were apart."""
    low, high = series.spread
    return f"{_short(series.median, series.unit)} ({_short(low, series.unit)}-{_short(high, series.unit)})"


def reached(verdict: Verdict) -> str:
    """What a verdict found, with its spread."""
    median, low, high = verdict.median, min(verdict.values), max(verdict.values)
    if len(verdict.values) == 1:
        return _number(median, verdict.unit)
    return f"{_number(median, verdict.unit)} ({_number(low, verdict.unit)}-{_number(high, verdict.unit)})"


def target(verdict: Verdict) -> str:
    """What was wanted."""
    if not verdict.wanted:
        return ""
    return f"{'>=' if verdict.at_least else '<='} {_number(verdict.wanted, verdict.unit)}"


def answer(verdict: Verdict) -> str:
    """Whether it was reached."""
    if not verdict.wanted:
        return ""
    return "met" if verdict.is_met else "short"


def _number(value: float, unit: str) -> str:
    return f"{value:.2f}" if unit == "" else _short(value, unit)


def _short(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1000:.0f} ms"
    if unit == "bytes/s":
        return f"{value / 1e9:.1f} GB/s"
    if unit in {"MB/s", "MB", "judgments", "judgments/s", "requests"}:
        return f"{value:,.0f}"
    if unit in {"seconds", "CPU-s", "share"}:
        return f"{value:.3g}"
    if unit in {"µs", "ns/B"}:
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return (
        f"{value / 1e6:.2f} M" if value >= 1e6 else f"{value / 1e3:,.0f} k" if value >= 1e4 else f"{value / 1e3:.1f} k"
    )
