"""Where bytes of files are kept: in the service's database (GridFS), or in S3-compatible storage. A setting chooses.

Bytes are written under a key before any document speaks of them, and erased after none does any more: neither store
takes part in the database's transactions. Every operation may be repeated.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from gridfs import GridFSBucket
from gridfs.errors import NoFile
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from shared.platform.errors import NotFound, Unavailable
from shared.platform.settings import ServiceSettings, SettingsError, setting

GONE = "This file does not exist, or not any more."
AWAY = "The storage of files does not answer just now. Please try again in a moment."
BUCKET = "files"


class FileStore(Protocol):
    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Keeps the bytes; what was there under the key is replaced."""

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes, or `length` of them from `start` on. Raises NotFound."""

    def delete(self, keys: Iterable[str]) -> None:
        """Erases what is there of the keys."""


def _kind(value: str) -> str | None:
    return None if value in ("database", "s3") else "must be database or s3"


@dataclass(frozen=True)
class FileSettings(ServiceSettings):
    """Of a service that keeps files."""

    file_store: str = setting(
        "FILE_STORE", "where uploaded files are kept: database (GridFS) or s3", "database", check=_kind
    )
    s3_endpoint: str = setting("S3_ENDPOINT", "host and port of the S3-compatible storage, without a scheme", "")
    s3_secure: bool = setting("S3_SECURE", "1 speaks https to it", default=True)
    s3_region: str = setting("S3_REGION", "its region", "us-east-1")
    s3_bucket: str = setting("S3_BUCKET", "the bucket, which must exist; nobody else needs to read it", "dextra")
    s3_access_key: str = setting("S3_ACCESS_KEY", "who we are there", "", secret=True)
    s3_secret_key: str = setting("S3_SECRET_KEY", "and the secret that proves it", "", secret=True)

    def __post_init__(self) -> None:
        if self.file_store == "s3" and not (self.s3_endpoint and self.s3_access_key and self.s3_secret_key):
            raise SettingsError(
                "Dextra cannot start: FILE_STORE is s3, which needs S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY."
            )


def file_store(settings: FileSettings, database: Any) -> FileStore:
    """The store that the settings choose; `database` is the service's own (pymongo's)."""
    return S3Files(_s3_client(settings), settings.s3_bucket) if settings.file_store == "s3" else DatabaseFiles(database)


@lru_cache(maxsize=4)
def _s3_client(settings: FileSettings) -> Minio:
    patience = Timeout(connect=3, read=15)
    return Minio(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=settings.s3_secure,
        region=settings.s3_region,  # else each bucket's is asked for first
        http_client=PoolManager(timeout=patience, maxsize=8, retries=Retry(total=2, backoff_factor=0.2)),
    )


class DatabaseFiles:
    """GridFS: its `_id` is the key."""

    def __init__(self, database: Any) -> None:
        self._bucket = GridFSBucket(database, bucket_name=BUCKET)

    def put(self, key: str, data: bytes, media_type: str) -> None:
        self.delete([key])  # also the parts of an upload that was cut short
        self._bucket.upload_from_stream_with_id(key, key, data, metadata={"media_type": media_type})

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        try:
            with self._bucket.open_download_stream(key) as stream:
                stream.seek(start)
                data: bytes = stream.read(-1 if length is None else length)
                return data
        except NoFile as error:
            raise NotFound(GONE) from error

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            try:
                self._bucket.delete(key)
            except NoFile:
                continue


class S3Files:
    """A bucket of an S3-compatible storage."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes, media_type: str) -> None:
        try:
            self._client.put_object(self._bucket, key, io.BytesIO(data), len(data), content_type=media_type)
        except (MinioException, HTTPError) as error:
            raise Unavailable(AWAY) from error

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        try:
            answer = self._client.get_object(self._bucket, key, offset=start, length=length or 0)
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchObject"):
                raise NotFound(GONE) from error
            raise Unavailable(AWAY) from error
        except (MinioException, HTTPError) as error:
            raise Unavailable(AWAY) from error
        try:
            data: bytes = answer.read()
            return data
        except HTTPError as error:
            raise Unavailable(AWAY) from error
        finally:
            answer.close()
            answer.release_conn()

    def delete(self, keys: Iterable[str]) -> None:
        try:
            for key in keys:
                self._client.remove_object(self._bucket, key)
        except (MinioException, HTTPError) as error:
            raise Unavailable(AWAY) from error
