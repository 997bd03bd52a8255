"""What the tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

from byheart import _native
from command_line import Command, command, gulls

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("default", deadline=None)
settings.load_profile("default")


@pytest.fixture(params=["kernels", "numpy"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test twice: with the compiled kernels, and without."""
    if request.param == "numpy":
        monkeypatch.setattr(_native, "kernels", None)
    elif _native.kernels is None:
        pytest.skip("no compiler was found when byheart was installed")
    return str(request.param)


@pytest.fixture
def byheart(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line, in this process."""
    return command(capsys)


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, Path]:
    """Real texts, and generated ones, for a study."""
    return gulls(tmp_path)
