"""What is installed is what is in the sources, and nothing else; and it works where there is no compiler."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "byheart"
LEFT_BEHIND = shutil.ignore_patterns(".*", "*.egg-info", "*.so", "__pycache__", "build", "demo", "dist", "site")
TRY = """
import sys
from byheart import MemGEN, _native
model = MemGEN(sys.argv[1]).fit(["to be", "or", "not to be"])
print(_native.kernels is not None, model.sample(5, random_state=3).tolist(), model.check().ok)
"""

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not PACKAGE.exists(), reason="the sources are out of reach"),
    pytest.mark.skipif(sys.platform == "win32", reason="CC names no compiler there"),
]


def build(what: str, folder: Path, **environment: str) -> Path:
    """A wheel or an sdist, of a copy of the sources: as `pip` asks setuptools for it."""
    tree, out = folder / "tree", folder / "out"
    shutil.copytree(ROOT, tree, ignore=LEFT_BEHIND)
    code = f"import setuptools.build_meta as b; b.build_{what}({str(out)!r})"
    out.mkdir()
    environment = {**os.environ, **environment}
    subprocess.run([sys.executable, "-c", code], cwd=tree, env=environment, check=True, timeout=300)
    (built,) = out.iterdir()
    return built


def run_installed(wheel: Path, folder: Path) -> tuple[bool, str]:
    """Whether a wheel has the kernels, and what it samples, in a process that cannot see the sources."""
    site = folder / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, timeout=300)
    answer = subprocess.run(
        [sys.executable, "-c", TRY, str(folder / "memory")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    has_kernels, _, rest = answer.stdout.partition(" ")
    return has_kernels == "True", rest


def test_the_wheel_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    wheel = build("wheel", tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        about = {name.partition(".dist-info/")[2] for name in archive.namelist() if ".dist-info/" in name}
    kinds = {".py", ".pyi", ".html", ".css", ".js", ".svg"}
    wanted = {str(path.relative_to(ROOT / "src")) for path in PACKAGE.rglob("*") if path.suffix in kinds}
    kernels = {name for name in names if name.startswith("byheart/_kernels.")}
    assert names - kernels == wanted | {"byheart/py.typed"}
    assert about >= {"METADATA", "entry_points.txt", "licenses/LICENSE"}
    assert {Path(name).suffix for name in kernels} <= {".so"}


def test_the_sdist_can_be_tested_and_documented(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {
        "LICENSE", "Makefile", "README.md", "pyproject.toml", "setup.py", "mkdocs.yml", "tools/setup.sh",
        "docs/format.md", "src/byheart/_kernels.c", "src/byheart/_c/xxh64.h", "src/byheart/py.typed", "tests/conftest.py", "tests/test_model.py",
    }  # fmt: skip  # a list
    assert not [name for name in names if name.endswith((".so", ".pyc")) or ".venv" in name]


def test_without_a_compiler_it_installs_and_gives_the_same_answers(tmp_path: Path) -> None:
    answers = []
    for name, environment in (("with", {}), ("without", {"CC": "/bin/false"})):
        folder = tmp_path / name
        folder.mkdir()
        answers.append(run_installed(build("wheel", folder, **environment), folder))
    (_, sampled), (has_kernels, sampled_without) = answers
    assert not has_kernels
    assert sampled_without == sampled
    assert sampled.endswith("True\n")
