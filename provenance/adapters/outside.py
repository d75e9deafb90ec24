"""The real clock, real randomness and durable files: the only place that touches them."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from provenance.codes import Code
from provenance.errors import StorageError


class SystemClock:
    """The machine's clock. See ``ports.outside.Clock``."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class DurableFiles:
    """Files that are whole, durable and never change. See ``ports.outside.TileFiles``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, path: str, data: bytes) -> None:
        """Keep bytes under a path for ever: temporary file, fsync, rename, fsync of the folder."""
        target = self._folder / path
        if (kept := self.read(path)) is not None:
            if kept != data:
                raise StorageError(Code.INCONSISTENT_LOG, f"{path} is published with other bytes")
            return
        write_durably(target, data)

    def replace(self, path: str, data: bytes) -> None:
        """Keep these bytes in place of whatever was under the path."""
        write_durably(self._folder / path, data)

    def read(self, path: str) -> bytes | None:
        """The bytes kept under a path, or ``None``."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as err:
            raise StorageError(Code.STORE_FAILED, f"{path} can't be read: {err.strerror}") from err

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of the files in a folder, in order; none where there is no folder, or of what is being written."""
        try:
            found = sorted(path.name for path in (self._folder / folder).iterdir() if path.is_file())
        except FileNotFoundError:
            return ()
        except OSError as err:
            raise StorageError(Code.STORE_FAILED, f"{folder} can't be read: {err.strerror}") from err
        return tuple(name for name in found if not name.startswith("."))


class PrivateFiles(DurableFiles):
    """The same for its owner alone: a web server that runs as somebody else can't give them away."""

    def prepare(self, name: str) -> None:
        """Make a folder that only its owner may enter."""
        with _storing(self._folder / name):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
            (self._folder / name).chmod(0o700)

    def replace(self, path: str, data: bytes) -> None:
        """Keep these bytes in place of whatever was under the path."""
        write_durably(self._folder / path, data, mode=0o600)


def write_durably(target: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a whole file so that it is there after a power cut, or not at all."""
    with written_beside(target, mode=mode) as file:
        file.write(data)


@contextmanager
def written_beside(target: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A file to write bit by bit: durably in its place when the block ends well, and gone when it does not."""
    with _storing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)
        _sync_folder(target.parent)


@contextmanager
def folder_written_beside(target: Path) -> Iterator[Path]:
    """A folder to fill: in its place when the block ends well, and gone when it does not; refuses one that is there."""
    with _storing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=".new-"))
        try:
            yield folder
            folder.chmod(0o755)
            folder.rename(target)  # only onto nothing, or onto an empty folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        _sync_folder(target.parent)


@contextmanager
def _storing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise StorageError(Code.STORE_FAILED, f"{target.name} can't be written: {err.strerror}") from err


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def random_bytes(count: int) -> bytes:
    """Fresh bytes from the operating system's generator."""
    return secrets.token_bytes(count)
