"""`python -m bench [name …]`: the benchmarks, each with what it shows."""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench import exact, hkpost, http, recognition
from bench.webhooks.plan import Plan
from bench.webhooks.run import PARTS
from bench.webhooks.run import run as run_webhooks

_QUICK = {"sizes": (2000,), "rounds": 2, "seconds": 1.0}


def _http(args: argparse.Namespace, folder: Path) -> None:
    """register and gettrackinfo of 40: the bare server, Trackway, the usual way"""
    given = {"engines": args.engine, "sizes": args.size, "rounds": args.rounds, "seconds": args.seconds}
    settings = {**(_QUICK if args.quick else {}), **{name: value for name, value in given.items() if value}}
    http.run(http.Plan(folder=folder, **settings))


def _recognition(args: argparse.Namespace, _folder: Path) -> None:
    """what telling a number's carriers costs"""
    recognition.run(rounds=2 if args.quick else 5)


def _exact(args: argparse.Namespace, folder: Path) -> None:
    """eight processes as one partner of the operator: calls let in too many, calls refused without a cause"""
    folder.mkdir(parents=True, exist_ok=True)
    exact.run(folder, 800 if args.quick else 10_000)


def _hkpost(args: argparse.Namespace, folder: Path) -> None:
    """mailTracking of 30 items: a static reply, Trackway, the usual way; scans loaded a second"""
    size = args.size[0] if args.size else 2000 if args.quick else 1_000_000
    hkpost.run(folder, size, args.rounds or (2 if args.quick else 7), 50 if args.quick else 200)


def _webhooks(args: argparse.Namespace, folder: Path) -> None:
    """deliveries to twenty receivers, one of them hanging, beside a bare loop; then with kill -9 again and again"""
    quick = {"rounds": 1, "seconds": 3, "steady": 10, "kills": 3, "backlog": 10_000} if args.quick else {}
    given = {
        "engines": args.engine,
        "rounds": args.rounds,
        "seconds": args.seconds,
        "steady": args.seconds,
        "kills": args.kills,
        "between": args.between,
    }
    settings = {**quick, **{name: value for name, value in given.items() if value}}
    run_webhooks(Plan(folder=folder, **settings), args.part or tuple(PARTS))


BENCHMARKS: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "http": _http,
    "recognition": _recognition,
    "exact": _exact,
    "webhooks": _webhooks,
    "hkpost": _hkpost,
}
_WIDTH = max(map(len, BENCHMARKS)) + 2


def main() -> None:
    """Run the benchmarks that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.description = "\n".join(f"{name:{_WIDTH}}{run.__doc__}" for name, run in BENCHMARKS.items())
    parser.add_argument("names", nargs="*", metavar="name", help=f"which: {', '.join(BENCHMARKS)}; all if none")
    parser.add_argument("--quick", action="store_true", help="small stores and short rounds: does it run at all")
    parser.add_argument("--folder", type=Path, help="where filled stores are kept for the next run; else they are not")
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"], help="only this store")
    parser.add_argument("--size", action="append", type=int, help="only this many stored trackings")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of each endpoint of each server in each round; of a steady rate")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part of webhooks")
    parser.add_argument("--kills", type=int, help="how often the killed worker of webhooks is killed")
    parser.add_argument("--between", type=float, help="seconds from its start to that")
    args = parser.parse_args()
    if unknown := set(args.names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    with ExitStack() as closing:
        folder = args.folder or Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="trackway-bench-")))
        for name in args.names or BENCHMARKS:
            BENCHMARKS[name](args, folder)


if __name__ == "__main__":
    main()
