"""`byheart rate new`: what its owner is told of a study, and what raters will be."""

import json
from pathlib import Path

from byheart.rating.folder import open_study
from command_line import Command


def test_of_several_generators_each_has_its_own_number_of_judgments(byheart: Command, tmp_path: Path) -> None:
    for name, count in (("real", 1_100), ("samples", 400), ("blurs", 400)):
        (tmp_path / f"{name}.txt").write_text("".join(f"{name} say that {at} gulls stood\n" for at in range(count)))
    names = (tmp_path / "real.txt", "--generated", tmp_path / "samples.txt", "--generated", tmp_path / "blurs.txt")
    answer = byheart("rate", "new", tmp_path / "study", "--real", *names, "--pairs", 700)
    assert answer.code == 0, answer.err
    assert "700 of a real sample and one of samples.txt or blurs.txt" in answer.out
    assert "700 judgments of each generator are planned" in answer.err  # 1,400 in all, which would do for one
    assert "takes about 1,300 of each generator: `byheart rate plan --generators 2`" in answer.err
    plan = byheart("rate", "plan", "--generators", 2)
    assert "1,359 for each of 2 generators" in plan.out
    assert "--real SRC --generated SRC --generated SRC --pairs 1360" in plan.out
    told = json.loads(byheart("rate", "plan", "--generators", 2, "--json").out)
    assert (told["generators"], told["each"], told["judgments"]) == (2, 1359, 2718)


def test_generated_samples_that_are_real_ones_are_counted(
    byheart: Command, sources: tuple[Path, Path], tmp_path: Path
) -> None:
    real, generated = sources
    alike = generated.parent / "alike.txt"
    alike.write_text("\n".join(real.read_text().splitlines()[:90] + generated.read_text().splitlines()[:10]))
    words = ("--pairs", 60, "--seed", 3, "--json")
    for number, (source, least) in enumerate(((real, 5), (alike, 5), (generated, 0))):
        told = json.loads(
            byheart("rate", "new", tmp_path / f"{number}", "--real", real, "--generated", source, *words).out
        )
        counts = [int(line.split()[0]) for line in told["warnings"] if "are also among the real ones" in line]
        assert (len(counts) == 1 and least < counts[0] <= 60) if least else counts == []


def test_a_consent_and_a_title_are_given_by_options(
    byheart: Command, sources: tuple[Path, Path], tmp_path: Path
) -> None:
    real, generated = sources
    words = ("--real", real, "--generated", generated, "--pairs", 60)
    (tmp_path / "consent.txt").write_text("We ask.\n\nWrite to a@b.example.\n")
    said = ("--consent", tmp_path / "consent.txt", "--title", "Two walls")
    told = json.loads(byheart("rate", "new", tmp_path / "study", *words, *said, "--json").out)
    made = open_study(tmp_path / "study").study
    assert (told["title"], told["consent"]) == (made.title, made.consent_version) == ("Two walls", made.consent_version)
    assert made.consent == "We ask.\n\nWrite to a@b.example."
    for name, content in (("empty", b""), ("picture", b"\x89PNG\r\n\x1a\n\x00")):
        (tmp_path / name).write_bytes(content)
        answer = byheart("rate", "new", tmp_path / "other", *words, "--consent", tmp_path / name)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
        assert "wanted a consent text" in answer.err
    assert byheart("rate", "new", tmp_path / "other", *words, "--consent", tmp_path / "nowhere").code == 2
    assert not (tmp_path / "other").exists()
