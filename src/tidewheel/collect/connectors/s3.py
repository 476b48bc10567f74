"""Files in a bucket of S3-compatible storage: AWS, Alibaba OSS, Tencent COS, MinIO and the like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from shutil import copyfileobj
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import pyarrow.fs as pafs
from pydantic import Field

from tidewheel.collect.pull.contract import SECRET, World, zh
from tidewheel.collect.pull.files import FileConnector, FilePlace, Seen, Shelf
from tidewheel.core.errors import BadInput, Unavailable
from tidewheel.core.text import Text


class BucketPlace(FilePlace):
    """A bucket and what is below a prefix in it."""

    bucket: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$",
            description="Name of the bucket",
            json_schema_extra=zh("存储桶名称"),
        ),
    ]
    prefix: Annotated[
        str,
        Field(
            max_length=1000,
            description="Folder in the bucket; empty: all of it",
            json_schema_extra=zh("桶内目录，留空为整个桶"),
        ),
    ] = ""
    endpoint: Annotated[
        str | None,
        Field(
            max_length=300,
            pattern=r"^https?://[^/@\s]+/?$",
            description="Address of the storage, such as https://oss-cn-hangzhou.aliyuncs.com; by default AWS",
            json_schema_extra=zh("存储服务地址，如 https://oss-cn-hangzhou.aliyuncs.com，默认 AWS"),
        ),
    ] = None
    region: Annotated[str, Field(max_length=64, description="Region", json_schema_extra=zh("地域"))] = (
        "us-east-1"
    )
    access_key: Annotated[
        str,
        Field(
            min_length=1, max_length=300, description="Access key id", json_schema_extra=zh("AccessKey ID")
        ),
    ]
    secret_key: Annotated[
        str,
        Field(
            min_length=1,
            max_length=300,
            description="Secret access key",
            json_schema_extra=zh("AccessKey Secret") | SECRET,
        ),
    ]
    virtual_host: Annotated[
        bool,
        Field(
            description="The bucket is part of the host name, as OSS and COS need it",
            json_schema_extra=zh("把存储桶放进域名（OSS、COS 需要）"),
        ),
    ] = False


class _Bucket:
    def __init__(self, system: pafs.FileSystem, root: str) -> None:
        self._system, self._root = system, root

    def listing(self) -> Iterator[Seen]:
        with _told():
            found = self._system.get_file_info(pafs.FileSelector(self._root, recursive=True))
        for one in found:
            if one.type == pafs.FileType.File:
                changed = int(one.mtime.timestamp() * 1000) if one.mtime else 0
                yield Seen(one.path[len(self._root) :].lstrip("/"), one.size, changed)

    def fetch(self, path: str, to: Path) -> Path:
        with (
            _told(),
            self._system.open_input_stream(f"{self._root}/{path}", compression=None) as source,
            to.open("wb") as target,
        ):
            copyfileobj(source, target, 1 << 20)
        return to


class Bucket(FileConnector):
    """Reads objects as files."""

    name: ClassVar[str] = "s3"
    title: ClassVar[Text] = Text("S3-compatible storage", "对象存储（S3 / OSS / COS）")
    Place = BucketPlace

    def open(self, place: BucketPlace, world: World) -> AbstractContextManager[Shelf]:  # noqa: ARG002
        """Make a client; that it works is seen with the first listing."""
        options: dict[str, Any] = {}
        if place.endpoint:
            parts = urlsplit(place.endpoint)
            options = {"endpoint_override": parts.netloc, "scheme": parts.scheme}
        system = pafs.S3FileSystem(
            access_key=place.access_key,
            secret_key=place.secret_key,
            region=place.region,
            force_virtual_addressing=place.virtual_host,
            connect_timeout=10,
            request_timeout=60,
            retry_strategy=pafs.AwsStandardS3RetryStrategy(max_attempts=3),
            **options,
        )
        root = "/".join(part for part in (place.bucket, place.prefix.strip("/")) if part)
        return nullcontext(_Bucket(system, root))


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the storage answered in plain words."""
    try:
        yield
    except (OSError, ValueError) as error:
        text = str(error)
        upper = text.upper().replace(" ", "_")
        if isinstance(error, FileNotFoundError) or "NOSUCHBUCKET" in upper or "NO_SUCH_BUCKET" in upper:
            raise BadInput(
                "no_such_bucket",
                Text("There is no such bucket or folder.", "没有这个存储桶或目录。"),
                field="bucket",
                hint=Text("Mend the bucket, the prefix or the region.", "请检查存储桶、前缀和地域。"),
            ) from None
        if any(
            word in upper for word in ("ACCESS_DENIED", "FORBIDDEN", "SIGNATURE", "INVALIDACCESSKEY", "403")
        ):
            raise BadInput(
                "storage_refused",
                Text("The storage refuses these keys.", "存储服务拒绝了这组密钥。"),
                field="access_key",
                hint=Text(
                    "Check both keys, and that they may list and read the bucket.",
                    "请检查 AccessKey 和 Secret，并确认有列出和读取该存储桶的权限。",
                ),
            ) from None
        raise Unavailable(
            "storage_unreachable",
            Text("The storage cannot be reached.", "无法连接存储服务。"),
            field="endpoint",
            hint=Text(
                "Check the address, and that the server may reach it.", "请检查地址，并确认服务器可以访问。"
            ),
        ) from None
