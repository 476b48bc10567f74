"""The certificate of an erasure: what was searched, what was removed, what is left, and a hash over all of it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from tidewheel import __version__
from tidewheel.core.text import Language, Text
from tidewheel.serve.api.fields import iso
from tidewheel.store.catalog import Erasure, ErasurePart, Process

SEARCHED: Final[dict[str, Text]] = {
    "inbox": Text("Events that waited to be stored, and refused events", "待入库事件与被拒事件"),
    "lake": Text("All tables of the lake, row by row, replaced files included", "数据湖的所有表（逐行），含被替换的旧文件"),
    "columns": Text("Column files, the list of identifiers and everything derived", "列文件、标识清单及所有派生数据"),
    "catalog": Text("Segments, saved questions, queries, boards, alerts, import history, audit log", "人群、保存的查询与看板、告警、导入记录、审计日志"),
    "uploads": Text("Uploaded files, packed ones opened", "上传的文件（压缩包已解开检查）"),
}  # fmt: skip
LEFT: Final[dict[str, Text]] = {
    "backups": Text("Backups and snapshots of disks that were made before", "此前制作的备份与磁盘快照"),
    "elsewhere": Text("Files that people have downloaded, and messages that were sent", "人员已下载的文件与已发出的消息"),
    "unanswered": Text("Data folders of processes that did not answer; each cleans itself before it does anything else, once it is started", "未应答进程的数据目录；再次启动时会先自行清理，再开始工作"),
    "other_servers": Text("Where several servers share a lake: events that waited in the queues of the others, and those they had refused", "多台服务器共享数据湖时：其他服务器队列中尚未入湖的事件，以及它们拒收的事件"),
    "pseudonyms": Text("A keyed hash of each identifier, where it was asked that they be refused from now on", "若要求此后拒收，则保留每个标识的加密哈希"),
}  # fmt: skip
"""``other_servers`` stands in certificates of versions that did not reach them."""
STATES: Final[dict[str, Text]] = {
    "cleaned": Text("answered", "已应答"),
    "late": Text("answered afterwards", "事后应答"),
    "unanswered": Text("not answered: start it once and it cleans itself", "未应答：启动一次即会自行清理"),
}
Parts = Sequence[tuple[ErasurePart, Process]]


def certified(asked: Erasure, known: dict[str, int], marks: Sequence[str], parts: Parts) -> dict[str, Any]:
    """Return the certificate of an erasure whose steps are done; it names nobody. ``parts`` are those of each process."""
    said: dict[str, Any] = {
        "erasure": asked.id,
        "project": asked.project_id,
        "asked_at": iso(asked.created_at),
        "asked_by": asked.by,
        "reason": asked.reason,
        "finished_at": iso(asked.finished_at or 0),
        "engine": __version__,
        "tries": asked.tries,
        "known": known,
        "removed": asked.steps,
        "searched": list(SEARCHED),
        "processes": [_answered(part, process) for part, process in parts],
        "left": [
            name
            for name in LEFT
            if name in {"backups", "elsewhere"}
            or (name == "pseudonyms" and asked.suppress)
            or (name == "unanswered" and any(part.state == "unanswered" for part, _ in parts))
        ],
        "suppressed": asked.suppress,
        "subject": hashlib.sha256("\n".join(sorted(marks)).encode()).hexdigest(),
    }
    return {**said, "hash": digest(said)}


def amended(said: dict[str, Any], parts: Parts, now: int) -> dict[str, Any]:
    """Return a certificate with what a process has answered since; ``replaces`` is the hash of the one before."""
    told = [_answered(part, process) for part, process in parts]
    missing = any(one["state"] == "unanswered" for one in told)
    body = {
        **{name: value for name, value in said.items() if name != "hash"},
        "processes": told,
        "left": [name for name in said["left"] if name != "unanswered" or missing],
        "amended_at": iso(now),
        "replaces": said["hash"],
    }
    return {**body, "hash": digest(body)}


def _answered(part: ErasurePart, process: Process) -> dict[str, Any]:
    return {
        "process": process.id,
        "host": process.host,
        "folder": process.folder,
        "role": process.role,
        "state": part.state,
        "answered_at": None
        if part.answered_at is None or part.state == "unanswered"
        else iso(part.answered_at),
        "removed": part.counts,
    }


def digest(said: dict[str, Any]) -> str:
    """Return the hash of a certificate's content: SHA-256 of its JSON with sorted names."""
    body = {name: value for name, value in said.items() if name != "hash"}
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def holds(said: dict[str, Any]) -> bool:
    """Say whether a certificate is as it was written."""
    return hmac.compare_digest(digest(said), str(said.get("hash")))


def page(said: dict[str, Any], language: Language) -> str:
    """Return a certificate as an HTML page that can be printed."""
    zh = language == "zh"
    removed = [
        (f"{step} · {name}", f"{count:,}")
        for step, counts in said["removed"].items()
        for name, count in counts.items()
    ]
    facts = [
        ("编号" if zh else "Number", said["erasure"]),
        ("项目" if zh else "Project", said["project"]),
        ("申请时间" if zh else "Asked for", f"{said['asked_at']} · {said['asked_by']}"),
        ("原因" if zh else "Reason", said["reason"] or "–"),
        ("完成时间" if zh else "Finished", said["finished_at"]),
        (
            "已知" if zh else "Known before",
            ", ".join(f"{name} {count:,}" for name, count in said["known"].items()),
        ),
        (
            "此后拒收" if zh else "Refused from now on",
            ("是" if zh else "yes") if said["suppressed"] else ("否" if zh else "no"),
        ),
    ]
    if "amended_at" in said:
        facts.append(("补充时间" if zh else "Amended", f"{said['amended_at']} · {said['replaces'][:16]}…"))
    told = [
        (
            f"{one['host']} · {one['folder']}",
            " · ".join(filter(None, (STATES[one["state"]].say(language), one["answered_at"]))),
        )
        for one in said.get("processes", [])
    ]
    title = "删除证明" if zh else "Certificate of erasure"
    searched = "".join(f"<li>{escape(SEARCHED[name].say(language))}</li>" for name in said["searched"])
    left = "".join(f"<li>{escape(LEFT[name].say(language))}</li>" for name in said["left"])
    return (
        f'<!doctype html><html lang="{"zh-CN" if zh else "en"}"><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:15px/1.6 system-ui,sans-serif;max-width:720px;margin:48px auto;padding:0 24px;color:#1c2024}"
        "table{border-collapse:collapse;width:100%}td{padding:4px 12px 4px 0;vertical-align:top;border-bottom:1px solid #e6e8eb}"
        "td:last-child{text-align:left;font-variant-numeric:tabular-nums}code{font-size:12px;word-break:break-all}</style>"
        f"<h1>{title}</h1>{_table(facts)}"
        f"<h2>{'检查范围' if zh else 'What was searched'}</h2><ul>{searched}</ul>"
        f"<h2>{'处理数量' if zh else 'What was counted'}</h2>{_table(removed)}"
        f"{_section('共用数据湖的进程' if zh else 'Processes that share the lake', told)}"
        f"<h2>{'仍可能存在' if zh else 'What is left'}</h2><ul>{left}</ul>"
        f"<p><code>SHA-256 {escape(said['hash'])}</code></p></html>"
    )


def _section(title: str, rows: Sequence[tuple[str, str]]) -> str:
    return f"<h2>{title}</h2>{_table(rows)}" if rows else ""


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return (
        "<table>"
        + "".join(f"<tr><td>{escape(a)}</td><td>{escape(str(b))}</td></tr>" for a, b in rows)
        + "</table>"
    )
