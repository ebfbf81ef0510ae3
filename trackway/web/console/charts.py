"""Numbers as shapes, which a template writes down as SVG in whole pixels, and delays as words."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from trackway.domain.counting.statistic import Histogram

WIDE, HIGH = 640, 160
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Bar(Struct, frozen=True, kw_only=True):
    """One part of a bar. `kind` is its class, `words` what a pointer or a screen reader is told."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str = ""


class Curve(Struct, frozen=True, kw_only=True):
    """A line through points, and each point with what it says."""

    kind: str
    points: Sequence[tuple[float, float, str]]

    @property
    def path(self) -> str:
        """The points as SVG's `polyline` takes them."""
        return " ".join(f"{x:g},{y:g}" for x, y, _ in self.points)


class Chart(Struct, frozen=True, kw_only=True):
    """Bars or curves over days, and what the highest point stands for."""

    first: str
    last: str
    high: str
    bars: Sequence[Bar] = ()
    curves: Sequence[Curve] = ()


def stacks(days: Sequence[tuple[str, Mapping[str, int]]], names: Mapping[str, str]) -> Chart:
    """One stack a day of the parts by their kinds, the first at the foot; `names` are what kinds are called."""
    most = max((sum(parts.values()) for _, parts in days), default=0)
    step = WIDE / max(len(days), 1)
    bars = [
        bar
        for at, (day, parts) in enumerate(days)
        for bar in _stack(
            at * step,
            step,
            {kind: count / (most or 1) * HIGH for kind, count in parts.items()},
            words=f"{day}: {', '.join(f'{names[kind]} {count:,}' for kind, count in parts.items())}",
        )
    ]
    return Chart(first=days[0][0] if days else "", last=days[-1][0] if days else "", high=f"{most:,}", bars=bars)


def _stack(x: float, step: float, heights: Mapping[str, float], words: str) -> Iterator[Bar]:
    width, foot = min(step * 0.8, 48), float(HIGH)
    for kind, height in heights.items():
        foot -= height
        yield Bar(
            x=_fine(x + (step - width) / 2),
            y=_fine(foot),
            width=_fine(width),
            height=_fine(height),
            kind=kind,
            words=words,
        )


def shape(trips: Histogram, longest: int, width: int = 200, height: int = 28) -> list[Bar]:
    """A histogram of days from 0 to `longest`; what took longer is in the last bar."""
    counts: dict[int, int] = {}
    for bucket, count in trips.counts.items():
        day = min(bucket, longest)
        counts[day] = counts.get(day, 0) + count
    most, step = max(counts.values(), default=1), width / (longest + 1)
    return [
        Bar(
            x=_fine(day * step),
            y=_fine(height - max(count / most * height, 1)),
            width=_fine(max(step - 1, 1)),
            height=_fine(max(count / most * height, 1)),
            kind="trips",
            words=f"{day} d: {count:,}",
        )
        for day, count in sorted(counts.items())
    ]


def curves(days: Sequence[str], series: Mapping[str, Sequence[float]], spelled: Callable[[float], str]) -> Chart:
    """A line for each kind over the same days; the scale is that of the highest point."""
    most = max((value for values in series.values() for value in values), default=0.0)
    step = WIDE / max(len(days), 1)
    found = [
        Curve(
            kind=kind,
            points=[
                (
                    _fine(at * step + step / 2),
                    _fine(HIGH - value / (most or 1.0) * HIGH),
                    f"{days[at]}: {spelled(value)}",
                )
                for at, value in enumerate(values)
            ],
        )
        for kind, values in series.items()
    ]
    return Chart(first=days[0] if days else "", last=days[-1] if days else "", high=spelled(most), curves=found)


def _fine(value: float) -> float:
    return round(value, 1)


def span(seconds: float | None) -> str:
    """A delay in its largest unit.

    >>> span(0.9), span(90), span(7200), span(200_000), span(None)
    ('1 s', '1.5 min', '2 h', '2.3 d', '–')
    """
    if seconds is None:
        return "–"
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.2g} {name}"
    return f"{max(seconds, 1):.2g} s"
