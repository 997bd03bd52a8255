"""Sources far away: fsspec's own memory, a web server and an object store on this machine."""

import functools
import http.server
import threading
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from byheart import InputError, MissingExtraError
from byheart.sources import Options, open_source
from byheart.sources import remote as remote_module
from sources import learn

fsspec = pytest.importorskip("fsspec")

ROWS = [{"id": i, "text": f"text {i}"} for i in range(500)]


def files() -> dict[str, bytes]:
    """One of each sort."""
    frame = pd.DataFrame(ROWS)
    parquet, feather, archive = BytesIO(), BytesIO(), BytesIO()
    frame.to_parquet(parquet)
    frame.to_feather(feather)
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.csv", frame.to_csv(index=False))
    lines = frame.to_json(orient="records", lines=True).encode()
    return {
        "a.parquet": parquet.getvalue(),
        "a.feather": feather.getvalue(),
        "a.zip": archive.getvalue(),
        "a.jsonl": lines,
        "a.csv": frame.to_csv(index=False).encode(),
    }


@pytest.fixture
def store() -> Iterator[Any]:
    """The files in fsspec's memory."""
    system = fsspec.filesystem("memory")
    for name, data in files().items():
        system.pipe(f"/bucket/{name}", data)
    for name in ("cats/1.bin", "cats/2.bin", "dogs/1.bin", ".hidden"):
        system.pipe(f"/photos/{name}", name.encode())
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files whole: it knows no ranges."""

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The files on a web server."""
    pytest.importorskip("aiohttp")
    for name, data in files().items():
        (tmp_path / name).write_bytes(data)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", files())
def test_every_format_is_read_from_afar(store: Any, name: str) -> None:
    found = learn(f"memory://bucket/{name}")
    assert found.records == ROWS
    assert found.done == found.total
    assert learn(f"memory://bucket/{name}", field="text").records == [row["text"] for row in ROWS]


def test_folders_and_patterns_are_read_from_afar(store: Any) -> None:
    found = learn("memory://photos", labels=True)
    assert found.records == [b"cats/1.bin", b"cats/2.bin", b"dogs/1.bin"]
    assert (found.names, found.labels) == (["cats/1.bin", "cats/2.bin", "dogs/1.bin"], ["cats", "cats", "dogs"])
    assert learn("memory://photos/*/1.bin").records == [b"cats/1.bin", b"dogs/1.bin"]
    assert learn("memory://bucket/*.jsonl").records == ROWS


@pytest.mark.parametrize(
    "address", ["memory://bucket/nothing.csv", "memory://nothing/*.csv", "no://where", "memry://a"]
)
def test_what_is_not_there_is_told_in_one_line(store: Any, address: str) -> None:
    with pytest.raises(InputError) as caught:
        learn(address)
    assert "\n" not in str(caught.value)


def test_a_file_that_vanishes_from_afar_is_told(store: Any) -> None:
    source = open_source("memory://bucket/a.csv", Options())
    store.rm("/bucket/a.csv")
    with pytest.raises(InputError, match=r"a\.csv: cannot be read"):
        list(source.chunks())


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lazy:
        """What fsspec is without s3fs."""

        @staticmethod
        def available_protocols() -> list[str]:
            return ["s3"]

        @staticmethod
        def url_to_fs(_: str) -> None:
            raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(remote_module, "require", lambda *_: Lazy)
    with pytest.raises(MissingExtraError, match=r"pip install 'byheart\[s3\]'"):
        learn("s3://bucket/a.csv")


@pytest.mark.parametrize("name", files())
def test_every_format_is_read_from_the_web_even_without_ranges(site: str, name: str) -> None:
    assert learn(f"http://{site}/{name}").records == ROWS


def test_secrets_of_an_address_are_not_kept(site: str) -> None:
    found = learn(f"http://me:secret@{site}/a.csv?signature=secret")
    assert set(found.names) == {f"http://{site}/a.csv"}
    with pytest.raises(InputError) as caught:
        learn(f"http://me:secret@{site}/nothing.csv?signature=secret")
    assert "secret" not in str(caught.value)


def test_an_object_store_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in (
            ("ENDPOINT_URL", f"http://{host}:{port}"),
            ("ACCESS_KEY_ID", "x"),
            ("SECRET_ACCESS_KEY", "x"),
            ("DEFAULT_REGION", "us-east-1"),
        ):
            monkeypatch.setenv(f"AWS_{name}", value)
        system = fsspec.filesystem("s3")
        system.mkdir("bucket")
        for name, data in files().items():
            system.pipe(f"bucket/folder/{name}", data)
        for name in files():
            assert learn(f"s3://bucket/folder/{name}").records == ROWS
        assert learn("s3://bucket/folder/*.jsonl").records == ROWS
        assert len(learn("s3://bucket/folder").records) == len(files())
        with pytest.raises(InputError, match="cannot be read"):
            learn("s3://bucket/nothing.csv")
    finally:
        server.stop()
