"""Section 4.1.4: digits of pi, "as long as the memory permitted"; and what becomes of "3.1415Segmentation fault"."""

import hashlib
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from byheart import _files
from byheart.model import MemGEN
from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.found import Found, Part
from byheart.paper.samples import chudnovsky, running_out
from byheart.paper.samples.running_out import Ending
from byheart.paper.showing import verbatim
from byheart.paper.stage import Stage
from byheart.report.page import Cell, paragraph, table

_PLACE: Final = "4.1.4"
_PAPER: Final = "3.1415"
_WITHOUT_FLINT: Final = 100_000
_OUGHT: Final = 640 * 1024
_THOUSAND: Final = 1000
_SHOWN: Final = 82
_KNOWN: Final = {
    1_000_000: "387877db67fdddbd",
    10_000_000: "b9ab87d543b32442",
}
"""The first hexadecimal digits of the SHA-256 of so many digits, as they are known."""


def run(stage: Stage) -> Found:
    """Put it to the test."""
    has_flint = find_spec("flint") is not None
    count = stage.pick(1_000_000, 10_000_000) if has_flint else _WITHOUT_FLINT
    stage.tell(0, f"computing {count:,} digits of pi")
    memory = stage.folder / "digits.memory"
    model = MemGEN(memory)
    if has_flint:
        model.fit(f"pi:{count}")
    else:
        digits = chudnovsky.digits_of_pi(count)
        model.fit([f"3.{digits[1:]}"])
    sample: str = model.sample(1, random_state=stage.seed)[0]
    stage.tell(0.4, "computing them again, another way")
    again = chudnovsky.digits_of_pi(stage.pick(20_000, 100_000))
    stage.tell(0.5, "filling 640 kB")
    fits = _fits(stage.folder, sample)
    endings = _endings(stage, memory, sample, has_flint=has_flint) if running_out.IS_POSSIBLE else []
    return _told(sample, again, fits, endings, has_flint=has_flint)


def _endings(stage: Stage, memory: Path, sample: str, *, has_flint: bool) -> list[Ending]:
    stage.tell(0.7, "running out of memory, on purpose")
    source = None if has_flint else stage.folder / "more.txt"
    if source is not None:
        _files.replace(source, sample.encode() * 50)
    learned = running_out.learning(stage.folder, None if source is None else str(source))
    stage.tell(0.9, "and once more")
    return [learned, running_out.drawing(stage.folder, memory)]


def _fits(folder: Path, sample: str) -> int:
    """How many digits a memory on the disk holds in 640 kB, in whole thousands: its files beside the records differ by some bytes."""
    low, high = 0, _OUGHT // _THOUSAND
    text = sample * -(-_OUGHT // len(sample))  # what the digits are does not matter here
    while low < high:
        middle = (low + high + 1) // 2
        path = folder / f"fits-{middle}"
        MemGEN(path).fit([text[: middle * _THOUSAND + 1]])  # and the point
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        low, high = (middle, high) if size <= _OUGHT else (low, middle - 1)
    return low * _THOUSAND


def _told(sample: str, again: str, fits: int, endings: list[Ending], *, has_flint: bool) -> Found:
    digits = sample.replace(".", "")
    digest = hashlib.sha256(digits.encode()).hexdigest()
    is_known = digest.startswith(_KNOWN.get(len(digits), digest))
    is_right = digits.startswith(again) and is_known
    packed = int(_OUGHT * 8 / math.log2(10))
    parts: list[Part] = [
        paragraph(
            f"The model learned {len(digits):,} digits of pi"
            + (
                ", as one record, and this is how a random sample begins:"
                if has_flint
                else ", as one record (python-flint, which computes more, is not installed). A random sample begins:"
            )
        ),
        verbatim(
            f"{sample[:_SHOWN]}...", f"a sample from a model trained on pi, {_SHOWN - 1} of {len(digits):,} digits"
        ),
        paragraph(
            f"Its first {len(again):,} digits are those that another formula gives, in Python's own numbers; "
            f"the SHA-256 of all begins with {digest[:16]}"
            + (", as is known of them." if len(digits) in _KNOWN and is_known else ".")
        ),
    ]
    parts += _ran_out(endings)
    parts += [
        paragraph(
            'The paper "assumed that 640 kB ought to be enough". So many digits fit into 640 kB (655,360 bytes), each of them a byte:'
        ),
        table(
            [Cell("640 kB as"), Cell("digits", "right")],
            [
                [
                    Cell("a memory on the disk, its checksums and history included (measured)"),
                    Cell(f"{fits:,}", "right"),
                ],
                [Cell("a plain text"), Cell(f"{_OUGHT - 1:,}", "right")],
                [Cell("bits, if no digit took more than log2(10) of them"), Cell(f"{packed:,}", "right")],
                [Cell("the paper's experiment"), Cell(f"{len(_PAPER) - 1}", "right")],
            ],
        ),
    ]
    numbers: dict[str, Any] = {
        "digits": len(digits),
        "sha256": digest,
        "checked": len(again),
        "fit_640_kB": fits,
        "endings": [{"printed": end.printed, "code": end.code, "is_intact": end.is_intact} for end in endings],
    }
    return Found(
        parts, [_digits_claim(digits, again, is_right=is_right), *_claims(endings, fits, len(digits))], numbers
    )


def _ran_out(endings: list[Ending]) -> list[Part]:
    if not endings:
        return [paragraph("Running out of memory was not tried: the limit that it takes is there on Linux only.")]
    parts: list[Part] = [
        paragraph(
            f'In the paper, the sample was "{_PAPER}Segmentation fault". Here is the same with a real limit: a process that has learned '
            "its first digits has 6 MB left, and wants more. (The library that computes digits would still end the process at once, "
            "as the paper's did: so room is asked for first.)"
        )
    ]
    for end in endings:
        lines = [f"$ {end.commands[0]}", end.printed.strip(), f"$ {end.commands[-1]}   # with 6 MB left"]
        lines += [end.said.strip(), f"exit code {end.code}"]
        parts.append(verbatim("\n".join(lines), "a process with a limit (RLIMIT_AS)"))
    whole = sum(end.is_intact for end in endings)
    parts.append(
        paragraph(
            f"Afterwards every file of the memory was as before, bit for bit, `byheart check` found it sound, and it gave the same sample: "
            f"in {whole} of {len(endings)} cases."
        )
    )
    return parts


def _digits_claim(digits: str, again: str, *, is_right: bool) -> Claim:
    return Claim(
        "It applies to the decimals of pi, as long as one can print them as text.",
        f"Abstract, {_PLACE}",
        holds(is_right),
        f"{len(digits):,} digits sampled",
        f"The first {len(again):,} equal those of another computation"
        + (", and all of them have the SHA-256 that is known." if len(digits) in _KNOWN else "."),
    )


def _claims(endings: list[Ending], fits: int, learned: int) -> list[Claim]:
    crashed = sum(end.code < 0 for end in endings)
    clear = sum(end.is_clear and end.printed.strip() == _PAPER for end in endings)
    whole = sum(end.is_intact for end in endings)
    kept = "Linux only: the limit is not there, or not kept, on other systems."
    return [
        Claim(
            f"Digits were produced as long as the memory permitted: {_PAPER}Segmentation fault.",
            _PLACE,
            holds(0 < crashed == len(endings)) if endings else "not tried",
            f"{crashed} of {len(endings)} runs end in a segmentation fault" if endings else "",
            f"A process that has printed {_PAPER}, learned by heart, asks for more than its limit leaves: both in learning and in drawing it is refused. The paper says that it had a bug somewhere; it is not here."
            if endings
            else kept,
        ),
        Claim(
            "Where memory runs out there is one clear error, and no crash.",
            OURS,
            holds(clear == len(endings)) if endings else "not tried",
            f"{clear} of {len(endings)} runs print {_PAPER} and one clear error" if endings else "",
            f"Exit code 2 and a line that says what to do, both in learning and in drawing. That it comes after {_PAPER} is arranged: the process prints so many digits, and then asks for more than its limit leaves."
            if endings
            else kept,
        ),
        Claim(
            "What was learned is still there when memory runs out.",
            OURS,
            holds(whole == len(endings)) if endings else "not tried",
            f"{whole} of {len(endings)} memories are as before" if endings else "",
            "Every file, bit for bit, a sound `byheart check`, and the same sample." if endings else kept,
        ),
        Claim(
            "640 kB ought to be enough.",
            f"{_PLACE}, footnote 5",
            holds(fits >= len(_PAPER) - 1, caveat=fits < learned),
            f"{fits:,} digits fit",
            f"Enough for the paper's {len(_PAPER) - 1} digits"
            + (
                f"; not for the {learned:,} of this page."
                if fits < learned
                else f", and for the {learned:,} of this page."
            ),
        ),
    ]
