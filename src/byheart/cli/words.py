"""How numbers read on a terminal."""


def count(number: int) -> str:
    """With thousands separators: 50,000."""
    return f"{number:,}"


def size(number: float) -> str:
    """Bytes in three figures: 154 MB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 999.5:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} TB"


def seconds(number: float) -> str:
    """A duration in three figures."""
    return f"{number:.3g} s" if number < 120 else f"{number / 60:.3g} min"
