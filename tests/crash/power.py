"""What a disk may hold after a power cut: a model of a file system, fed with the calls of a real process.

POSIX promises little: a file's bytes are safe once the file was synced, a name once its folder was. Of what was not
synced, anything may have reached the disk and anything may not. ``Disk.cut`` makes one such disk, by dice.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CALLS: Final = (
    "openat,creat,close,write,pwrite64,writev,pwritev,lseek,ftruncate,truncate,fallocate,rename,renameat,renameat2,"
    "link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,dup,dup2,dup3,fcntl,copy_file_range"
)
_LINE: Final = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|\?|0x[0-9a-f]+)(?:<([^>]*)>)?.*")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_FILE: Final = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*|[^>]*)>")


@dataclass
class Inode:
    """A file: its bytes now, its bytes when it was synced, and what was written since."""

    data: bytearray = field(default_factory=bytearray)
    safe: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(place, bytes), or (length, None) where it was cut or grown."""

    def write(self, at: int, body: bytes) -> None:
        """Write somewhere."""
        _put(self.data, at, body)
        self.since.append((at, body))

    def resize(self, size: int) -> None:
        """Cut or grow."""
        _resize(self.data, size)
        self.since.append((size, None))

    def sync(self) -> None:
        """Make safe."""
        self.safe, self.since = bytes(self.data), []

    def after(self, dice: random.Random) -> bytes:
        """Return what may be there after a cut: each write since the sync has come or not, or a part of it."""
        left = bytearray(self.safe)
        whole = dice.random()  # how much has come: little, much, or all but the last
        for at, body in self.since:
            if dice.random() > whole:
                continue
            if body is None:
                _resize(left, at)
            else:
                _put(
                    left,
                    at,
                    body if dice.random() < 0.8 else body[: dice.randrange(len(body) + 1) // 512 * 512],
                )
        return bytes(left)


@dataclass
class Folder:
    """Names now, and names when the folder was synced."""

    names: dict[str, Inode | Folder] = field(default_factory=dict)
    safe: dict[str, Inode | Folder] = field(default_factory=dict)

    def after(self, dice: random.Random) -> dict[str, Inode | Folder]:
        """Return which names may be there after a cut."""
        left = dict(self.safe)
        for name in {*self.names, *self.safe}:
            if self.names.get(name) is not self.safe.get(name) and dice.random() < 0.5:
                if name in self.names:
                    left[name] = self.names[name]
                else:
                    del left[name]
        return left


class Disk:
    """The folders below a root, moved on call by call."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.top = Folder()
        self._open: dict[int, list[int]] = {}  # of a descriptor, the place in the file, shared by its copies
        self._appends: set[int] = set()

    def cut(self, dice: random.Random, target: Path) -> None:
        """Write to ``target`` what a cut at this moment may leave."""
        _restore(self.top, dice, target)

    def take(self, call: str, words: str, result: str, shown: str) -> None:
        """Move on by one call that has succeeded."""
        texts = [bytes.fromhex(found[0].replace("\\x", "")) for found in _TEXT.findall(words)]
        files = [(int(number), _plain(path)) for number, path in _FILE.findall(words)]
        if call in {"openat", "creat"}:
            self._opened(int(result), _plain(shown), words)
        elif call in {"dup", "dup2", "dup3"} or (call == "fcntl" and "F_DUPFD" in words):
            if files and files[0][0] in self._open:
                self._open[int(result)] = self._open[files[0][0]]
        elif call == "close":
            for number, _ in files[:1]:
                self._open.pop(number, None)
                self._appends.discard(number)
        elif call in {
            "mkdir",
            "mkdirat",
            "rename",
            "renameat",
            "renameat2",
            "link",
            "linkat",
            "unlink",
            "unlinkat",
            "rmdir",
        }:
            self._named(call, [text.decode() for text in texts], [path for _, path in files])
        elif files and call != "fcntl":
            self._changed(call, files[0], words, texts, int(result, 0))

    def _opened(self, number: int, path: str, words: str) -> None:
        self._open[number] = [0]
        self._appends.discard(number)
        if "O_APPEND" in words:
            self._appends.add(number)
        place = self._place(path)
        if place is None or "O_DIRECTORY" in words:
            return
        folder, name = place
        if "O_CREAT" in words and name not in folder.names:
            folder.names[name] = Inode()
        found = folder.names.get(name)
        if "O_TRUNC" in words and isinstance(found, Inode) and found.data:
            found.resize(0)

    def _changed(
        self, call: str, file: tuple[int, str], words: str, texts: Sequence[bytes], result: int
    ) -> None:
        number, path = file
        if call == "lseek":
            self._open.setdefault(number, [0])[0] = result
            return
        place = self._place(path)
        found = self.top if path == str(self._root) else place and place[0].names.get(place[1])
        if not found:
            return
        if call in {"fsync", "fdatasync"}:
            if isinstance(found, Folder):
                found.safe = dict(found.names)
            else:
                found.sync()
        elif isinstance(found, Inode):
            self._written(call, found, number, words, b"".join(texts)[: max(result, 0)])

    def _written(self, call: str, file: Inode, number: int, words: str, body: bytes) -> None:
        last = words.rsplit(",", 1)[-1].strip()
        if call in {"pwrite64", "pwritev"}:
            file.write(int(last), body)
        elif call in {"write", "writev"}:
            at = self._open.setdefault(number, [0])
            begin = len(file.data) if number in self._appends else at[0]
            file.write(begin, body)
            at[0] = begin + len(body)
        elif call in {"ftruncate", "truncate"}:
            file.resize(int(last))
        elif call == "fallocate":
            start, length = (int(word) for word in words.rsplit(",", 2)[-2:])
            if start + length > len(file.data):
                file.resize(start + length)
        else:
            raise AssertionError(f"{call} is not modelled")

    def _named(self, call: str, paths: Sequence[str], bases: Sequence[str]) -> None:
        whole = [path if path.startswith("/") else f"{bases[0]}/{path}" for path in paths]
        places = [place for path in whole if (place := self._place(path))]
        if len(places) < len(whole):
            return  # to or from elsewhere
        folder, name = places[0]
        if call.startswith("mkdir"):
            folder.names[name] = Folder()
        elif call.startswith(("unlink", "rmdir")):
            folder.names.pop(name, None)
        else:
            target, new = places[1]
            target.names[new] = folder.names[name] if call.startswith("link") else folder.names.pop(name)

    def _place(self, path: str) -> tuple[Folder, str] | None:
        if not path.startswith(f"{self._root}/"):
            return None
        steps = path.removeprefix(f"{self._root}/").removesuffix("/").split("/")
        folder = self.top
        for step in steps[:-1]:
            found = folder.names.get(step)
            if not isinstance(found, Folder):
                return None
            folder = found
        return folder, steps[-1]


def record(command: Sequence[str], log: Path, environment: dict[str, str]) -> None:
    """Run a program and write down its calls."""
    traced = [
        "strace",
        "-f",
        "-y",
        "-xx",
        "-s",
        "67108864",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(log),
    ]
    done = subprocess.run(
        [*traced, *command], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]


def replay(log: Path, see: Callable[[str, str, str, str], None]) -> None:
    """Tell each call that has succeeded, when it returned."""
    for line in _joined(log):
        found = _LINE.fullmatch(line)
        if found and found[4] not in {"?", "-1"}:
            see(found[2], found[3], found[4], found[5] or "")


def _joined(log: Path) -> Iterator[str]:
    begun: dict[str, str] = {}
    with log.open() as lines:
        for line in lines:
            who, _, said = line.rstrip("\n").partition(" ")
            if said.endswith("<unfinished ...>"):
                begun[who] = said.removesuffix("<unfinished ...>").strip()
            elif "resumed>" in said[:60]:
                yield f"{who} {begun.pop(who)}{said.partition('resumed>')[2]}"
            else:
                yield f"{who} {said.strip()}"


def _plain(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path


def _put(data: bytearray, at: int, body: bytes) -> None:
    if at > len(data):
        data.extend(bytes(at - len(data)))
    data[at : at + len(body)] = body


def _resize(data: bytearray, size: int) -> None:
    if size < len(data):
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))


def _restore(folder: Folder, dice: random.Random, target: Path) -> None:
    target.mkdir(parents=True)
    for name, found in sorted(folder.after(dice).items()):
        if isinstance(found, Folder):
            _restore(found, dice, target / name)
        else:
            (target / name).write_bytes(found.after(dice))
