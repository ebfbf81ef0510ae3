"""What telling a number's carriers costs, and how often it is right."""

from functools import partial
from timeit import repeat

from tests.domain.corpus import accuracy
from trackway.domain.recognising.recognition import recognise
from trackway.storage.given.catalogue_carriers import load_carriers

NUMBERS = (
    "1Z999AA10123456784",
    "986578788855",
    "568283610012000",
    "61299998820821171811",
    "9261292700768711948021",
    "420221539101026837331000039521",
    "3318810025",
    "73891051146",
    "C11031500001879",
    "7035114477138472",
    "520127751300",
    "007110601632532948375179276A",
    "RR473124829GB",
    "SF1234567890123",
    "LP12345678901234",
    "HELLOWORLD",
)


def run(rounds: int = 5, times: int = 200) -> None:
    """Print the microseconds a number, of the best round, for all numbers together and for the dearest."""
    catalogue = load_carriers()
    costs = {}
    for number in NUMBERS:
        best = min(repeat(partial(recognise, number, catalogue), number=times, repeat=rounds))
        costs[number] = best / times * 1e6
    dearest = max(costs, key=lambda number: costs[number])
    print(f"{sum(costs.values()) / len(costs):.1f} µs a number; the dearest, {dearest}, {costs[dearest]:.1f} µs")
    right = accuracy(catalogue)
    print(f"{right.valid} valid numbers: the carrier among the candidates {right.among:.1%}, first {right.first:.1%}")
    print(f"{right.invalid} invalid numbers: without a right check digit of their own carrier {right.kept_out:.1%}")
