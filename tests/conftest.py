"""What the tests share."""

import pytest
from hypothesis import settings

from byheart import _native

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
