"""Delta Lake tables: the truth, open to any engine. With :mod:`lake_place` the only module that imports deltalake.

Files are written here and committed by delta-rs, so that rows keep their order, only the columns that
hold something are stored, and everything is on disk before a commit returns. A commit may carry an
application transaction (application, version): it is refused when the table has that version or a
later one already, which makes an append exactly-once.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import Schema
from deltalake.transaction import AddAction, RemoveAction

from tidewheel.core.clock import Clock, out_of_reach, system_clock
from tidewheel.core.errors import Unavailable
from tidewheel.core.text import Text
from tidewheel.store.budget import Budget
from tidewheel.store.lake_place import files_at, lake_errors, load, local, options_for
from tidewheel.store.lake_schema import conform, physical_names, statistics
from tidewheel.store.mend import mend
from tidewheel.store.view import Chunk

_Result = TypeVar("_Result")
_CONFIGURATION: Final[Mapping[str, str | None]] = {
    "delta.checkpointInterval": "50",
    "delta.logRetentionDuration": "interval 1 days",
    "delta.enableExpiredLogCleanup": "true",
}
_CHECKPOINT: Final = 50
"""Commits from one checkpoint to the next."""
_BARE: Final = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
"""Checkpoints are made here: old commits must not go before the checkpoint that stands for them is synced."""
_TURNS: Final = 16
_LONGEST_PAUSE: Final = 1.0
"""Seconds from one try to the next where others commit at the same time."""
_TIDY: Final = "tidewheel-tidy"
_ROWS: Final = "tidewheel-rows"
"""The application of all who add rows that were judged: of two at the same time only one commits."""
_FENCE: Final = "tidewheel.fence"
"""The property of a table whose change lets nobody commit a file that was written before."""
_CLAIMS: Final = pa.table({"work": pa.array([], pa.string())})
_TOLD: Final = ("path", "size_bytes", "num_records", "partition.month")


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One file in force. ``month`` is None in tables without partitions."""

    path: str
    bytes: int
    rows: int
    month: str | None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a table was changed by: files looked at, files replaced, rows that are gone."""

    looked_at: int
    files: int
    rows: int

    def __add__(self, other: Rewritten) -> Rewritten:
        return Rewritten(self.looked_at + other.looked_at, self.files + other.files, self.rows + other.rows)


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows to add, and the versions of applications that they stand for.

    ``version`` is that of the table by which they were judged; None: nobody else adds any.
    """

    rows: pa.Table
    marks: Mapping[str, int]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    """Files of rows that are not committed yet, and the fence that stood when they were written."""

    rows: pa.Table
    fence: str | None
    files: list[AddAction]


class LakeTable:
    """One Delta table. Safe to use from several threads; while files are written the table can be read."""

    def __init__(
        self,
        url: str,
        *,
        by_month: bool = False,
        storage_options: Mapping[str, str] | None = None,
        clock: Clock = system_clock,
        checkpoint: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.url = url = local(url)
        self.name = url.rstrip("/").rpartition("/")[2]
        self._by_month = by_month
        self._given = tuple(sorted((storage_options or {}).items()))
        self._options = options_for(url, self._given)
        self._clock = clock
        self._checkpoint = checkpoint
        self._writing = threading.RLock()  # whoever makes or removes files; taken before the other
        self._lock = threading.RLock()  # the table
        self._table: DeltaTable | None = None
        self._files = files_at(url, self._given)
        with lake_errors():
            if "://" not in url:
                mend(Path(url))
            if DeltaTable.is_deltatable(url, self._options):
                self._table = DeltaTable(url, storage_options=self._options)
        self._settled = max(self.version - 2 * _CHECKPOINT, -1)  # a killed process may not have come to it
        self._checked = max(self.version, 0)
        self._settle()

    @property
    def version(self) -> int:
        """The Delta version in force; -1 while there is no table."""
        with self._lock:
            return self._table.version() if self._table is not None else -1

    def refresh(self) -> None:
        """Take in commits of other processes."""
        with self._lock, lake_errors():
            if self._table is not None:
                self._table.update_incremental()
            elif DeltaTable.is_deltatable(self.url, self._options):
                self._table = DeltaTable(self.url, storage_options=self._options)

    def committed(self, application: str) -> int | None:
        """Return the last version an application has committed."""
        with self._lock, lake_errors():
            return self._table.transaction_version(application) if self._table is not None else None

    def append(
        self, rows: pa.Table, *, application: str | None = None, version: int = 0, reach: int | None = None
    ) -> bool:
        """Add rows in one commit; False when ``application`` has committed ``version`` before.

        Versions ascend. One that lies more than ``reach`` after this one counts for nothing.
        """
        with self._writing, lake_errors():
            return self._retried(lambda: self._append(rows, application, version, reach))

    def _retried(self, attempt: Callable[[], _Result]) -> _Result:
        for turn in range(_TURNS):
            try:
                return attempt()
            except CommitFailedError:  # another process has changed the table meanwhile
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 2**turn / 100)))  # noqa: S311 - or they would meet again
                self.refresh()
        return attempt()

    def _append(self, rows: pa.Table, application: str | None, version: int, reach: int | None) -> bool:
        if self._done(application, version, reach):
            return False
        if rows.num_rows == 0 and application is None:
            return True
        with self._lock:
            table = self._prepare(conform(rows, None if self._table is None else self.schema()))
            if self._done(application, version, reach):  # another process made or changed the table meanwhile
                return False
            fence = self._fence()
        written = [self._write(month, part) for month, part in self._parts(table)]
        self._checkpoint(f"{self.name}:written")
        with self._lock:
            if self._done(application, version, reach):  # or since, as another thread has found out
                return False
            self._commit(written, [] if application is None else [Transaction(application, version)], fence)
        return True

    def append_judged(self, judge: Callable[[], Judged]) -> int:
        """Add rows in one commit and return how many; none that were committed under all their marks.

        ``judge`` is asked again where the table has changed since it answered: of several processes that add rows so, each
        knows what the others have added.
        """
        before: list[_Written] = []
        with self._writing, lake_errors():
            return self._retried(lambda: self._append_judged(judge, before))

    def _append_judged(self, judge: Callable[[], Judged], before: list[_Written]) -> int:
        """Try once; ``before`` holds the files of the last try, which serve again while the rows stay what they were."""
        with self._lock:
            fence = self._fence()
        judged = judge()
        marks = [Transaction(name, at) for name, at in judged.marks.items() if not self._done(name, at, None)]
        if (judged.marks and not marks) or (self._table is None and not judged.rows.num_rows):
            return 0
        if not before or before[0].fence != fence or not before[0].rows.equals(judged.rows):
            with self._lock:
                table = self._prepare(conform(judged.rows, None if self._table is None else self.schema()))
                self._hold(judged.version)
            written = [self._write(month, part) for month, part in self._parts(table)]
            before[:] = [_Written(judged.rows, fence, written)]
            self._checkpoint(f"{self.name}:written")
        with self._lock:
            self._hold(judged.version)
            alone = [] if judged.version is None else [Transaction(_ROWS, judged.version + 1)]
            if before[0].files or marks:
                self._commit(before[0].files, [*marks, *alone], fence)
        return judged.rows.num_rows

    def _hold(self, version: int | None) -> None:
        """Refuse what was judged by another state of the table."""
        if version is not None and version != self.version:
            raise CommitFailedError("changed since")

    def remove(self, files: Sequence[LakeFile]) -> bool:
        """Take files of a table without partitions out of force; False when some have been already."""
        return self._replace(None, files, self.schema().empty_table(), _nobody, keeps=False)

    def _done(self, application: str | None, version: int, reach: int | None) -> bool:
        """Say whether an application has committed a version, or a later one, as far as this table knows."""
        done = self.committed(application) if application is not None else None
        return done is not None and done >= version and (reach is None or done - version <= reach)

    def mark(self, application: str, version: int = 1) -> None:
        """Commit an application's version without rows; does nothing while there is no table."""
        with self._writing, self._lock, lake_errors():
            self._retried(lambda: self._mark(application, version))

    def _mark(self, application: str, version: int) -> None:
        if self._table is not None and self.committed(application) is None:
            self._commit([], [Transaction(application, version)], self._fence())

    def files(self) -> list[LakeFile]:
        """Return the files in force."""
        with self._lock, lake_errors():
            if self._table is None:
                return []
            actions = self._table.get_add_actions(flatten=True)
            told = {name: actions[name] for name in _TOLD if name in actions.column_names}
        # a column at a time: a whole table is first held against pandas, which takes longer to load than all else
        columns = {name: pa.chunked_array(column).to_pylist() for name, column in told.items()}
        months = columns.get("partition.month", [None] * len(columns["path"]))
        found = zip(columns["path"], columns["size_bytes"], columns["num_records"], months, strict=True)
        return sorted(
            (LakeFile(path, size, int(rows or 0), month) for path, size, rows, month in found),
            key=lambda file: file.path,
        )

    def chunks(self) -> list[Chunk]:
        """Return the files in force as chunks; a key stands for one file for ever."""
        place = self.url if "://" in self.url else str(Path(self.url).absolute())
        return [
            Chunk(_key(file.path), partial(load, place, self._given, file.path), durable=True, travels=True)
            for file in self.files()
        ]

    def state(self, application: str) -> tuple[list[Chunk], int]:
        """Return the files in force and the last version of an application that is in them, 0 without one."""
        with self._lock:
            return self.chunks(), self.committed(application) or 0

    def read(self) -> pa.Table:
        """Return the whole table; what a file lacks is null. For small tables."""
        parts = [self.load(file.path) for file in self.files()]
        return pa.concat_tables(parts, promote_options="default") if parts else pa.table({})

    def load(self, path: str) -> pa.Table:
        """Return the rows of one file."""
        return load(self.url, self._given, path)

    def newest(self) -> pa.Table:
        """Return the rows of the file that was written last; a table without columns when there is none.

        A file that was written while the clock was ahead comes after all others.
        """
        with self._lock, lake_errors():
            if self._table is None:
                return pa.table({})
            actions = pa.table(self._table.get_add_actions(flatten=True)).to_pylist()
        if not actions:
            return pa.table({})
        now = self._clock()

        def age(row: dict[str, Any]) -> tuple[bool, int, str]:
            written = int(row["modification_time"])
            return not out_of_reach(written, now), written, row["path"]

        return self.load(max(actions, key=age)["path"])

    def claim(self, work: str, turn: int, *, reach: int | None = None) -> bool:
        """Take a turn of some work; False when this turn, or a later one within ``reach``, was taken, by whatever process."""
        return self.append(_CLAIMS, application=work, version=turn, reach=reach)

    def compact(
        self,
        combine: Callable[[Sequence[pa.Table]], pa.Table],
        *,
        many: int = 8,
        target_rows: int = 1_000_000,
        budget: Budget | None = None,
        succeeded: Callable[[list[str], str], None] = lambda old, new: None,
    ) -> int:
        """Replace small files of a month, once there are ``many``, by one; returns files removed.

        The smallest are taken first, and none that dwarfs those before it: each row is rewritten a few
        times over its life. ``budget`` bounds the memory. ``succeeded`` is told the keys of files and of the one with the same rows that
        stands for them, before anybody can see it.
        """
        limits = budget or Budget()
        groups: dict[str | None, list[LakeFile]] = defaultdict(list)
        for file in self.files():
            if file.rows < target_rows // 2:
                groups[file.month].append(file)
        removed = 0
        for month, small in groups.items():
            if len(small) < many:
                continue
            batch: list[LakeFile] = []
            for file in sorted(small, key=lambda file: (file.rows, file.path)):
                held = sum(other.rows for other in batch)
                size = sum(other.bytes for other in (*batch, file))
                fits = held + file.rows <= target_rows and limits.may_compact(held + file.rows, size)
                if batch and (not fits or (len(batch) > 1 and file.rows > 4 * held)):
                    break
                batch.append(file)
            if len(batch) > 1:
                rows = combine([self.load(file.path) for file in batch])
                removed += len(batch) if self._replace(month, batch, rows, succeeded) else 0
        return removed

    def rewrite(
        self, change: Callable[[pa.Table], pa.Table | None], clean: set[str] | None = None
    ) -> Rewritten:
        """Put what ``change`` makes of each file's rows in its place; None: the file stays.

        Files that come meanwhile are looked at as well: at the end there is none that ``change`` would change.
        ``clean`` names files it would not change, which are passed over, and is added to.
        """
        clean = set() if clean is None else clean
        files = rows = 0
        for _ in range(_TURNS):
            waiting = [file for file in self.files() if file.path not in clean]
            for file in waiting:
                before = self.load(file.path)
                after = change(before)
                if after is None:
                    clean.add(file.path)
                elif self._replace(file.month, [file], after, _nobody, keeps=False):
                    files, rows = files + 1, rows + before.num_rows - after.num_rows
            self.refresh()
            if all(file.path in clean for file in self.files()):
                return Rewritten(len(clean), files, rows)
        raise _unsettled(self.name)

    def scrap(self) -> int:
        """Delete at once every file that is not in force, also what was written and never committed; returns how many.

        What is listed before the fence and not in force after it never will be: whoever has written it, here or on another
        host, dead or held up, can only write anew.
        """
        with self._writing, lake_errors():
            self.refresh()
            found = set(self._files.paths())
            if self._table is None or found <= self._paths():
                return 0
            self._fence_off()
            gone = found - self._paths()
            self._files.remove(sorted(gone))
            return len(gone)

    def vacuum(self, keep_hours: int) -> int:
        """Delete files no longer in force for ``keep_hours``; returns how many."""
        with self._writing, self._lock, lake_errors():
            return self._retried(lambda: self._vacuum_once(keep_hours))

    def _vacuum_once(self, keep_hours: int) -> int:
        if self._table is None or not self._vacuum(keep_hours, dry_run=True):
            return 0
        self._fence_off()  # for who was held up so long with a file that is not committed
        gone = self._vacuum(keep_hours, dry_run=False)
        self._table.update_incremental()
        return len(gone)

    def _vacuum(self, keep_hours: int, *, dry_run: bool) -> list[str]:
        assert self._table is not None
        return self._table.vacuum(
            retention_hours=keep_hours,
            dry_run=dry_run,
            enforce_retention_duration=False,
            full=True,
            post_commithook_properties=_BARE,
        )

    def _fence(self) -> str | None:
        """Return what changes with each fence that is known here."""
        return None if self._table is None else self._table.metadata().configuration.get(_FENCE)

    def _fence_off(self) -> None:
        """Let nobody commit what was written before: a commit that did not see the metadata change is refused."""
        self._retried(self._fence_once)

    def _fence_once(self) -> None:
        with self._lock:
            assert self._table is not None
            self._table.alter.set_table_properties(
                {_FENCE: uuid.uuid4().hex}, raise_if_not_exists=False, post_commithook_properties=_BARE
            )
            self._table.update_incremental()
            self._settle()

    def drop(self) -> None:
        """Delete the table."""
        with self._writing, self._lock, lake_errors():
            self._table, self._settled, self._checked = None, -1, -1
            self._files.drop()

    def schema(self) -> pa.Schema:
        """Return the physical columns; there must be a table."""
        assert self._table is not None
        return pa.schema(self._table.schema().to_arrow())

    def _settle(self) -> None:
        """Make every commit up to the version in force survive a power cut."""
        version = self.version
        if version > self._settled:
            names = [f"_delta_log/{at:020}.json" for at in range(self._settled + 1, version + 1)]
            self._files.settle(names)
            self._settled = version

    def _summarise(self) -> None:
        """Write a checkpoint now and then, and delete commits older than the log is kept; the next time, if it fails."""
        assert self._table is not None
        version = self._table.version()
        if version // _CHECKPOINT > self._checked // _CHECKPOINT:
            with suppress(DeltaError, OSError):
                self._table.create_checkpoint()
                self._files.settle(
                    [f"_delta_log/{version:020}.checkpoint.parquet", "_delta_log/_last_checkpoint"]
                )
                self._checked = version
                self._table.cleanup_metadata()

    def _prepare(self, table: pa.Table) -> pa.Table:
        """Create the table or add the columns it lacks; return the rows under their physical names."""
        if self._table is None:
            self._files.begin()
            table = table.rename_columns(physical_names([], table.column_names))
            month = [pa.field("month", pa.string())] if self._by_month else []
            self._table = DeltaTable.create(
                self.url,
                schema=Schema.from_arrow(pa.schema([*month, *table.schema])),
                mode="ignore",
                partition_by=["month"] if self._by_month else None,
                configuration=_CONFIGURATION,
                storage_options=self._options,
            )
            self._settle()
        known = self.schema().names
        table = table.rename_columns(physical_names(known, table.column_names))
        fresh = [field for field in table.schema if field.name not in set(known)]
        if fresh:
            fields = list(Schema.from_arrow(pa.schema(fresh)).fields)
            self._table.alter.add_columns(fields, post_commithook_properties=_BARE)
            self._table.update_incremental()
            self._settle()
        return table

    def _parts(self, table: pa.Table) -> Iterator[tuple[str | None, pa.Table]]:
        if table.num_rows == 0:
            return
        if not self._by_month:
            yield None, table
            return
        months = table["time"].to_numpy().astype("datetime64[M]")
        for month in np.unique(months):
            at = np.flatnonzero(months == month)
            yield str(month), table if len(at) == len(table) else table.take(pa.array(at))

    def _write(self, month: str | None, table: pa.Table) -> AddAction:
        held = table.select([name for name in table.column_names if table[name].null_count < len(table)])
        path = f"{'' if month is None else f'month={month}/'}{uuid.uuid4().hex}.parquet"
        size = self._files.write(path, held)
        return AddAction(
            path=path,
            size=size,
            partition_values={} if month is None else {"month": month},
            modification_time=self._clock(),
            data_change=True,
            stats=statistics(held),
        )

    def _commit(
        self, actions: Sequence[AddAction | RemoveAction], marks: Sequence[Transaction], fence: str | None
    ) -> None:
        """Commit files that were written while ``fence`` stood; the lock is held."""
        assert self._table is not None
        if self._fence() != fence:  # another thread has taken in that what was written is deleted
            raise CommitFailedError("fenced")
        properties = CommitProperties(app_transactions=list(marks)) if marks else None
        self._table.create_write_transaction(
            list(actions),
            "append",
            self._table.schema(),
            partition_by=["month"] if self._by_month else None,
            commit_properties=properties,
            post_commithook_properties=_BARE,
        )
        self._table.update_incremental()
        self._settle()
        self._summarise()

    def _replace(
        self,
        month: str | None,
        old: Sequence[LakeFile],
        rows: pa.Table,
        succeeded: Callable[[list[str], str], None],
        *,
        keeps: bool = True,
    ) -> bool:
        """Put one file in the place of others; False when some of these have been replaced already.

        ``keeps``: the rows are those of the others.
        """
        with self._writing, lake_errors():
            if not self._in_force(old):
                return False
            with self._lock:
                table = self._prepare(conform(rows, self.schema()))
                fence = self._fence()
            same = keeps and rows.num_rows == sum(file.rows for file in old)
            added = [self._write(month, table)] if rows.num_rows else []
            self._checkpoint(f"{self.name}:written")
            for one in added:
                one.data_change = not same
            values: dict[str, str | None] = {} if month is None else {"month": month}
            now = self._clock()
            gone = [
                RemoveAction(file.path, not same, now, size=file.bytes, partition_values=values)
                for file in old
            ]
            with self._lock:
                if not self._in_force(old):  # another thread has taken in what another process did
                    return False
                try:  # of two that replace files at the same time, the mark lets only one
                    self._commit([*added, *gone], [Transaction(_TIDY, self.version + 1)], fence)
                except CommitFailedError:
                    self.refresh()
                    return False
                if same:
                    succeeded([_key(file.path) for file in old], _key(added[0].path))
                return True

    def _in_force(self, files: Sequence[LakeFile]) -> bool:
        return {file.path for file in files} <= self._paths()

    def _paths(self) -> set[str]:
        return {file.path for file in self.files()}


def _key(path: str) -> str:
    return path.removesuffix(".parquet").replace("month=", "").replace("/", "-")


def _nobody(old: list[str], new: str) -> None:  # noqa: ARG001
    return None


def _unsettled(table: str) -> Unavailable:
    return Unavailable(
        "lake_unsettled",
        Text(
            "Table {table} changes faster than it can be gone through.", "表 {table} 变化太快，无法逐一处理。"
        ),
        hint=Text("It is tried again by itself.", "系统会自动重试。"),
        table=table,
    )
