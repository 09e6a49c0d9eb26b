"""Losses of Kalette and its peers against the lowest known ones.

Writes benchmarks/results/quality.json; benchmarks/tables.py makes the tables of docs/benchmarks.md from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pictures
from arguments import argument_parser, checked
from measure import Entry, WrongOutputError, machine, timed, write_json
from peers import Peer, contestant, installed_peers, versions, warm_up
from pictures import Losses, Picture

from kalette import Result

_SAME = 1e-9  # relative; between two summations of one error


@dataclass(frozen=True)
class Scope:
    """What to run on."""

    pictures: tuple[str, ...]
    slow: tuple[str, ...]  # pictures for the slow peers
    ks: tuple[int, ...]
    peer_ks: tuple[int, ...]


FULL = Scope(
    pictures=pictures.KODAK,
    slow=("kodim05", "kodim11", "kodim17", "kodim23"),
    ks=(4, 8, 16, 32, 64, 128, 256),
    peer_ks=(16, 64, 256),
)
SMOKE = Scope(pictures=(pictures.SAMPLE,), slow=(pictures.SAMPLE,), ks=(4, 16), peer_ks=(4, 16))


@dataclass(frozen=True)
class References:
    """Published losses to compare with."""

    best_known: Losses
    iokm: Losses


def references(data: Path, *, smoke: bool) -> References:
    """Return the published losses, or placeholders for a smoke run."""
    if not smoke:
        return References(pictures.best_known(data), pictures.iokm(data))
    stand_in = {(pictures.SAMPLE, k): 100.0 for k in SMOKE.ks}
    return References(stand_in, stand_in)


def rows(scope: Scope, data: Path, known: References) -> Iterator[Entry]:
    """Run each peer on its pictures."""
    peers = installed_peers()
    warm_up(peers)
    for name in scope.pictures:
        print(f"quality: {name}", flush=True)
        picture = pictures.picture(data, name)
        for k in scope.ks:
            for peer in peers:
                if _includes(peer, name, k, scope):
                    yield row(peer, picture, k, known)


def _includes(peer: Peer, name: str, k: int, scope: Scope) -> bool:
    if peer.is_kalette:
        return True
    return k in scope.peer_ks and (not peer.slow or name in scope.slow)


def row(peer: Peer, picture: Picture, k: int, known: References) -> Entry:
    """Run one peer once, and return its time and errors, or the flaw of its output."""
    entry: Entry = {"picture": picture.name, "k": k, "name": peer.name}
    asked = contestant(peer, picture.pixels, k, runs=1)
    seconds, outcome = timed(asked)
    try:
        summed_mse = asked.judge(outcome)["summed_mse"]
        losses = _losses(outcome, picture, k, summed_mse, known) if peer.is_kalette else {}
    except WrongOutputError as error:
        return {**entry, "flaw": str(error)}
    to_best = summed_mse / known.best_known[picture.name, k]
    errors = {"summed_mse": summed_mse, "mse_to_best": to_best, **losses}
    return {**entry, "seconds": seconds, **errors}


def _losses(result: Result, picture: Picture, k: int, summed_mse: float, known: References) -> Entry:
    """Return the loss of the unrounded palette, and the cost of rounding it to bytes."""
    if abs(3 * result.mse - summed_mse) > _SAME * summed_mse:
        raise WrongOutputError(f"a reported MSE of {result.mse:.9g} instead of {summed_mse / 3:.9g}")
    loss = result.losses[-1] / picture.pixel_count
    return {
        "loss": loss,
        "loss_to_best": loss / known.best_known[picture.name, k],
        "loss_to_iokm": loss / known.iokm[picture.name, k],
        "rounding": 3 * result.mse - loss,
    }


def run(scope: Scope, data: Path, *, smoke: bool) -> dict[str, Any]:
    """Run all, and return the record."""
    return {
        "benchmark": "quality",
        "smoke": smoke,
        "machine": machine(versions()),
        "rows": list(rows(scope, data, references(data, smoke=smoke))),
    }


def main() -> None:
    """Read the arguments, run, write the JSON."""
    arguments = checked(argument_parser("quality", __doc__).parse_args())
    scope = SMOKE if arguments.smoke else FULL
    write_json(arguments.out, run(scope, arguments.data, smoke=arguments.smoke))
    print(f"quality: wrote {arguments.out}")


if __name__ == "__main__":
    main()
