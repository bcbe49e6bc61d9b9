"""Rows in SQLite. Every change happens inside one transaction."""

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sandbox.errors import SandboxError
from sandbox.records import Container, Job, Project, Replay, Snapshot

APPLICATION_ID = 0x4C415953
BUSY_SECONDS = 20.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS projects (
    id TEXT PRIMARY KEY, org TEXT NOT NULL, requires_review INTEGER NOT NULL, archived_at INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, org TEXT NOT NULL, project_id TEXT NOT NULL, container_id TEXT NOT NULL, kind TEXT NOT NULL,
    started_at INTEGER NOT NULL, duration_ms INTEGER NOT NULL, outcome TEXT NOT NULL, canceled_at INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS containers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, org TEXT NOT NULL, project_id TEXT NOT NULL,
    format TEXT NOT NULL, resolved_format TEXT NOT NULL, brief TEXT NOT NULL, approval TEXT NOT NULL,
    approval_job TEXT, job_id TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS containers_newest ON containers (project_id, created_at, seq);
CREATE TABLE IF NOT EXISTS replays (
    scope TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;
"""

CONTAINER_WIDTH = len(Container._fields)
JOB_WIDTH = len(Job._fields)
SNAPSHOT = (
    "SELECT "  # noqa: S608  # made of our own column names
    + ", ".join([*(f"c.{name}" for name in Container._fields), *(f"j.{name}" for name in Job._fields)])
    + ", p.requires_review FROM containers c JOIN jobs j ON j.id = c.job_id JOIN projects p ON p.id = c.project_id "
)


def snapshot(row: Sequence[object], now: int) -> Snapshot:
    """Return one row of the SNAPSHOT query as a snapshot taken at `now`."""
    return Snapshot(
        Container._make(row[:CONTAINER_WIDTH]),
        Job._make(row[CONTAINER_WIDTH : CONTAINER_WIDTH + JOB_WIDTH]),
        bool(row[-1]),
        now,
    )


class Store:
    """One connection with a lock: to memory, or to a file that other processes may also open.

    Raises SandboxError when the file can't serve as a sandbox database.
    """

    def __init__(self, path: str | None = None) -> None:
        self.lock = threading.RLock()
        try:
            self.connection = sqlite3.connect(
                path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._prepare(path)
        except sqlite3.Error as error:
            raise SandboxError(f"The database file {path} can't be used: {error}. Choose another file.") from error

    def _prepare(self, path: str | None) -> None:
        with self.transaction():
            known = self._one("PRAGMA application_id")[0]
            if known != APPLICATION_ID and self._one("SELECT count(*) FROM sqlite_master")[0]:
                raise SandboxError(f"The database file {path} belongs to another program. Choose another file.")
            self.connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for statement in SCHEMA.split(";"):
                self.connection.execute(statement)
            self.connection.execute("INSERT OR IGNORE INTO meta VALUES ('offset', 0)")
            self.connection.execute("INSERT OR IGNORE INTO meta VALUES ('secret', ?)", (secrets.token_bytes(32),))
        self.secret = bytes(self._one("SELECT value FROM meta WHERE name = 'secret'")[0])
        if path:
            self._use_write_ahead_log()

    def _use_write_ahead_log(self) -> None:
        """Switch the journal mode; retry, because SQLite does not wait when two processes do this at once."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self.connection.execute("PRAGMA journal_mode = WAL")
                self.connection.execute("PRAGMA synchronous = NORMAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _one(self, query: str) -> tuple[Any, ...]:
        with self.lock:
            row: tuple[Any, ...] = self.connection.execute(query).fetchone()
        return row

    def close(self) -> None:
        """Close the connection."""
        with self.lock:
            self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block as one write transaction: commit at its end, roll back if it raises."""
        with self.lock:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def offset(self) -> int:
        """Return how many milliseconds the clock was moved forward."""
        with self.lock:
            row = self.connection.execute("SELECT value FROM meta WHERE name = 'offset'").fetchone()
        return int(row[0])

    def add_offset(self, milliseconds: int) -> None:
        """Move the clock forward."""
        with self.transaction():
            self.connection.execute("UPDATE meta SET value = value + ? WHERE name = 'offset'", (milliseconds,))

    def add_project(self, project_id: str, org: str, *, requires_review: bool) -> None:
        """Add a project unless it exists."""
        with self.transaction():
            self.connection.execute(
                "INSERT OR IGNORE INTO projects VALUES (?, ?, ?, NULL)", (project_id, org, int(requires_review))
            )

    def project(self, project_id: str) -> Project | None:
        """Return a project, or None."""
        with self.lock:
            row = self.connection.execute("SELECT * FROM projects WHERE id = ?", (project_id,)).fetchone()
        return Project._make(row) if row else None

    def archive_project(self, project_id: str, now: int) -> None:
        """Mark a project as archived."""
        with self.lock:
            self.connection.execute("UPDATE projects SET archived_at = ? WHERE id = ?", (now, project_id))

    def job(self, job_id: str) -> Job | None:
        """Return a job, or None."""
        with self.lock:
            row = self.connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return Job._make(row) if row else None

    def unfinished_jobs(self, project_id: str, now: int) -> list[Job]:
        """Return the jobs of a project that would still run at `now`."""
        query = "SELECT * FROM jobs WHERE project_id = ? AND canceled_at IS NULL AND started_at + duration_ms > ?"
        with self.lock:
            return [Job._make(row) for row in self.connection.execute(query, (project_id, now))]

    def add_job(self, job: Job) -> None:
        """Insert a job."""
        with self.lock:
            marks = ", ".join("?" * JOB_WIDTH)
            self.connection.execute(f"INSERT INTO jobs VALUES ({marks})", job)  # noqa: S608  # question marks only

    def cancel_job(self, job_id: str, now: int) -> None:
        """Mark a job as canceled and its container as changed."""
        with self.lock:
            self.connection.execute("UPDATE jobs SET canceled_at = ? WHERE id = ?", (now, job_id))
            self.connection.execute("UPDATE containers SET updated_at = ? WHERE job_id = ?", (now, job_id))

    def container(self, container_id: str, now: int) -> Snapshot | None:
        """Return a container as of `now`, or None."""
        with self.lock:
            row = self.connection.execute(f"{SNAPSHOT} WHERE c.id = ?", (container_id,)).fetchone()
        return snapshot(row, now) if row else None

    def add_container(self, container: Container) -> None:
        """Insert a container; its `seq` is ignored and given by the database."""
        with self.lock:
            marks = ", ".join("?" * (CONTAINER_WIDTH - 1))
            query = f"INSERT INTO containers VALUES (NULL, {marks})"  # noqa: S608  # question marks only
            self.connection.execute(query, container[1:])

    def count(self, project_id: str) -> int:
        """Return how many containers a project holds."""
        with self.lock:
            query = "SELECT count(*) FROM containers WHERE project_id = ?"
            return int(self.connection.execute(query, (project_id,)).fetchone()[0])

    def update_container(self, container: Container) -> None:
        """Overwrite the values of a container."""
        assignments = ", ".join(f"{name} = ?" for name in Container._fields[2:])
        with self.lock:
            query = f"UPDATE containers SET {assignments} WHERE id = ?"  # noqa: S608  # names of our own columns
            self.connection.execute(query, (*container[2:], container.id))

    def containers(self, project_id: str, after: tuple[int, int] | None, order: str, now: int) -> Iterator[Snapshot]:
        """Yield a project's containers in an order, after the (createdAt, seq) position `after`.

        `order` is SQL: it must never come from a request.
        """
        where = "WHERE c.project_id = ?" + (" AND (c.created_at, c.seq) < (?, ?)" if after else "")
        with self.lock:
            for row in self.connection.execute(f"{SNAPSHOT} {where} ORDER BY {order}", (project_id, *(after or ()))):
                yield snapshot(row, now)

    def replay(self, scope: str) -> Replay | None:
        """Return the record of a scoped idempotency key, or None."""
        query = "SELECT fingerprint, status, body, created_at FROM replays WHERE scope = ?"
        with self.lock:
            row = self.connection.execute(query, (scope,)).fetchone()
        return Replay._make(row) if row else None

    def keep_replay(self, scope: str, replay: Replay) -> None:
        """Write the record of a scoped idempotency key."""
        with self.lock:
            self.connection.execute("INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?)", (scope, *replay))
