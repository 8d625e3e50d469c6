"""Both ways of keeping files do the same: on a real database, and on a storage that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pymongo import MongoClient

from shared.platform.errors import NotFound, Unavailable
from shared.platform.file_store import DatabaseFiles, FileSettings, FileStore, S3Files, file_store
from shared.platform.ids import new_id
from shared.platform.settings import SettingsError
from tests.support import s3

DATA = bytes(range(256)) * 4000  # several chunks of GridFS


def settings(**changed: object) -> FileSettings:
    return FileSettings(amqp_uri="", mongo_uri="", **changed)  # type: ignore[arg-type]


def on(endpoint: str, access_key: str = s3.ACCESS_KEY) -> FileSettings:
    return settings(
        file_store="s3", s3_endpoint=endpoint, s3_secure=False, s3_access_key=access_key, s3_secret_key="of tests"
    )


@pytest.fixture(params=["database", "s3"])
def store(request: pytest.FixtureRequest, mongo_uri: str) -> Iterator[FileStore]:
    if request.param == "database":
        client: MongoClient[dict[str, object]] = MongoClient(mongo_uri)
        database = client[f"t{new_id()[-8:]}"]
        yield file_store(settings(), database)
        client.drop_database(database.name)
        client.close()
    else:
        with s3.running() as server:
            yield file_store(on(server.endpoint), None)


def test_bytes_come_back_whole_and_in_parts(store: FileStore) -> None:
    store.put("anna/f1/large", DATA, "image/webp")
    store.put("anna/f1/empty", b"", "image/webp")

    assert store.get("anna/f1/large") == DATA
    assert store.get("anna/f1/large", 300_000, 500_000) == DATA[300_000:800_000]
    assert store.get("anna/f1/large", len(DATA) - 10, 500) == DATA[-10:]
    assert store.get("anna/f1/empty") == b""


def test_writing_again_replaces_and_erasing_again_does_not_mind(store: FileStore) -> None:
    store.put("anna/f1/large", DATA, "image/webp")
    store.put("anna/f1/large", b"another", "image/webp")
    store.put("anna/f2/large", b"other", "image/webp")
    assert store.get("anna/f1/large") == b"another"

    for _ in range(2):
        store.delete(["anna/f1/large", "anna/f1/thumb"])
    with pytest.raises(NotFound):
        store.get("anna/f1/large")
    assert store.get("anna/f2/large") == b"other"


def test_the_setting_chooses(mongo_uri: str) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(mongo_uri)

    assert isinstance(file_store(settings(), client["t"]), DatabaseFiles)
    assert isinstance(file_store(on("s3.example"), None), S3Files)
    with pytest.raises(SettingsError, match="S3_ENDPOINT"):
        settings(file_store="s3")


def test_a_storage_that_refuses_or_is_away_is_said_to_be_away() -> None:
    with s3.running() as server:
        refused = file_store(on(server.endpoint, "somebody"), None)
        for do in (lambda: refused.put("k", b"x", "t"), lambda: refused.get("k"), lambda: refused.delete(["k"])):
            with pytest.raises(Unavailable):
                do()
        server.broken = True
        with pytest.raises(Unavailable):
            file_store(on(server.endpoint), None).get("k")
