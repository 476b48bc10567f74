"""Questions that are being answered: how far they are, and how to give them up."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.passes import MOST
from tidewheel.core.errors import Cancelled, Conflict, NotFound, Unavailable
from tidewheel.core.text import Text
from tidewheel.serve.warm import Warmth

T = TypeVar("T")
State = Literal["running", "done", "failed", "cancelled"]

_REMEMBERED = 500


@dataclass(eq=False)
class Query:
    """One piece of work somebody waits for."""

    id: str
    project: str
    stop: Stop = field(default_factory=Stop)
    state: State = "running"
    progress: float = 0.0

    def report(self, progress: float) -> None:
        """Say how far it is."""
        self.progress = max(self.progress, min(progress, 1.0))


class Queries:
    """Runs work in threads, a few at once, and stops what nobody waits for any more.

    Of questions as many run at once as fit in a pass: those that come together share it (``analyse.sharing``).
    """

    def __init__(self, at_once: int, timeout_seconds: float, warmth: Warmth) -> None:
        self._warmth = warmth
        self._limiters: dict[bool, CapacityLimiter] = {}
        self._at_once = {False: at_once, True: max(at_once, MOST)}
        self._timeout = timeout_seconds
        self._known: dict[tuple[str, str], Query] = {}

    def get(self, project: str, query_id: str) -> Query:
        """Return a query that runs or ended lately."""
        found = self._known.get((project, query_id))
        if found is None:
            raise NotFound(
                "no_such_query",
                Text("No such question is being answered.", "没有正在进行的该查询。"),
                got=query_id[:64],
            )
        return found

    async def run(
        self,
        request: Request,
        project: str,
        query_id: str | None,
        work: Callable[[Query], T],
        *,
        limited: bool = True,
        shares: bool = False,
    ) -> T:
        """Do ``work`` in a thread; a client that goes away stops it, and so does time.

        ``shares``: the work is one question, which others may share.
        """
        query = self._start(project, query_id or uuid.uuid4().hex)
        leaving = asyncio.ensure_future(_until_gone(request))
        working = asyncio.ensure_future(self._in_thread(work, query, limited=limited, shares=shares))
        late = False
        try:
            done, _ = await asyncio.wait(
                {leaving, working},
                timeout=self._timeout if limited else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            late = not done
            if not working.done():
                query.stop.set()
            result = await working
        except Cancelled as error:
            query.state = "cancelled"
            if late:
                raise (_too_long(self._timeout) if self._warmth.ready else _compiling()) from error
            raise
        except BaseException:
            query.state = "failed"
            query.stop.set()
            raise
        else:
            query.state, query.progress = "done", 1.0
            return result
        finally:
            leaving.cancel()

    def close(self) -> None:
        """Stop everything."""
        for query in self._known.values():
            query.stop.set()

    def _start(self, project: str, query_id: str) -> Query:
        found = self._known.get((project, query_id))
        if found and found.state == "running":
            raise Conflict(
                "query_id_taken",
                Text("A question with this id is being answered.", "该编号的查询正在进行。"),
                field="query_id",
                got=query_id,
                hint=Text("Choose a new UUID for each question.", "请为每次查询使用新的 UUID。"),
            )
        query = Query(query_id, project)
        self._known[project, query_id] = query
        over = [key for key, old in self._known.items() if old.state != "running"]
        for key in over[: max(0, len(self._known) - _REMEMBERED)]:
            del self._known[key]
        return query

    async def _in_thread(self, work: Callable[[Query], T], query: Query, *, limited: bool, shares: bool) -> T:
        if not limited:
            return await run_sync(work, query)
        if shares not in self._limiters:
            self._limiters[shares] = CapacityLimiter(self._at_once[shares])
        async with self._limiters[shares]:
            query.stop.check()
            return await run_sync(self._when_warm, work, query)

    def _when_warm(self, work: Callable[[Query], T], query: Query) -> T:
        self._warmth.wait(query.stop)
        return work(query)


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _compiling() -> Unavailable:
    return Unavailable(
        "engine_compiling",
        Text(
            "The engine is still being compiled for this machine, as after every install and upgrade.",
            "分析引擎还在为本机编译，安装或升级后会有一次。",
        ),
        hint=Text("Ask again in a minute.", "请一分钟后再查询。"),
    )


def _too_long(seconds: float) -> Unavailable:
    return Unavailable(
        "question_too_long",
        Text("The answer took more than {seconds:g} seconds.", "查询超过 {seconds:g} 秒。"),
        hint=Text(
            "Ask for a shorter period or fewer breakdowns, or raise TIDEWHEEL_QUERY_TIMEOUT_SECONDS.",
            "请缩短时间段或减少分组，也可调大 TIDEWHEEL_QUERY_TIMEOUT_SECONDS。",
        ),
        seconds=seconds,
    )
