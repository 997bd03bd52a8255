"""The one thing that pyproject.toml cannot say: a C extension that is left out where no compiler is found."""

import sysconfig
from pathlib import Path

from setuptools import Extension, setup

# Free-threaded builds of CPython lack the limited API: they take the numpy path, which gives the same answers.
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))

KERNELS = Extension(
    "byheart._kernels",
    ["src/byheart/_kernels.c"],
    depends=[str(path) for path in sorted(Path("src/byheart/_c").glob("*.h"))],
    py_limited_api=True,
    optional=True,
)

setup(
    ext_modules=[] if FREE_THREADED else [KERNELS],
    options={} if FREE_THREADED else {"bdist_wheel": {"py_limited_api": "cp311"}},
)
