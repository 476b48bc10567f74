"""What stands over the columns of the terminal's tables, in Chinese."""

from __future__ import annotations

from typing import Final

HEADINGS: Final = {
    "": "", "#": "#", "24 h": "24 小时", "a": "甲", "b": "乙",
    "about": "说明", "accepted": "接收", "account": "账号", "adds": "添加", "admin": "管理员", "after": "之后", "agrees": "一致",
    "allowed": "上限", "arrived": "到达", "as": "身份", "asked": "申请时间", "asserted": "时间", "attempts": "尝试次数",
    "because": "依据", "before": "之前", "blocked": "已拦截", "brought": "贡献", "by": "操作人",
    "certificate": "证明", "change": "变化", "changed": "修改时间", "channel": "渠道", "check": "检查项", "clean": "合格",
    "code": "代码", "column": "列", "columns": "列", "confidence": "置信度", "count": "数量", "currency": "货币",
    "data": "数据", "day": "日期", "decision": "决定", "default": "默认值", "definition": "定义", "detail": "详情",
    "device": "设备", "duplicates": "重复", "each row is": "每行是",
    "effect": "结果", "element": "元素", "element text": "元素文本", "email": "邮箱", "enabled": "启用", "error": "错误",
    "event": "事件", "events": "事件数", "events 24h": "24 小时事件数", "every": "粒度", "evidence": "凭证", "expected": "预期",
    "facts": "事实", "facts fewer": "减少的事实", "failed": "失败", "field": "字段", "fields": "字段", "figure": "数值",
    "finished": "完成时间", "first": "首次", "first seen": "首次出现", "folder": "文件夹",
    "high": "上限值", "host": "主机", "how": "方式",
    "id": "编号", "identifier": "标识符", "identifiers": "标识符", "identity": "身份",
    "item_properties": "商品属性",
    "joins nobody": "不参与合并",
    "kind": "类型",
    "lag": "滞后", "language": "语言", "last": "末次", "last event at": "最近事件", "last run": "最近执行", "last seen": "最近出现",
    "leads to": "目的地", "left out": "未计入", "limit passed": "超过的上限", "links stopped": "阻止的关联", "low": "下限值",
    "mean": "平均", "made": "处理", "made by": "来自", "may": "可联系", "meaning": "含义", "means": "定义", "meant": "定义", "median time": "中位耗时",
    "message": "消息", "method": "方法", "metric": "指标", "missing": "缺失", "missing %": "缺失 %", "moment": "时刻",
    "muted": "静音", "muted until": "静音至",
    "name": "名称", "named most": "出现最多", "named with": "同现数", "needed": "必填", "note": "标注", "now": "现在",
    "of all": "占全部", "of previous": "占上一步", "of them after": "之后人数", "of them before": "之前人数", "on": "启用",
    "orders": "订单数", "ours": "我方名称", "over": "已结束", "own rules": "自定规则", "owner": "负责人",
    "page": "页面", "parameters": "参数", "part": "部分", "people": "人数", "period": "时段", "person": "用户", "person_properties": "用户属性",
    "picked from": "取自", "probability": "概率", "problem": "问题", "properties": "属性", "property": "属性", "purpose": "用途",
    "question": "问题",
    "read as": "读作", "read from": "取自", "reason": "原因", "rejected": "拒收", "retired at": "停用时间", "revenue": "销售额",
    "role": "角色", "roles": "角色", "row": "行", "rows": "行数", "rule": "规则",
    "said by": "来源", "samples": "示例", "scope": "范围", "seen": "出现", "seen at": "最近出现", "segment": "人群",
    "sent": "上报名称", "sent as": "上报为", "setting": "设置", "settings": "设置", "share": "占比", "silent": "静默",
    "since": "开始时间", "skipped": "跳过", "source": "来源", "sources": "来源", "sql": "SQL", "start": "开始", "started": "开始时间",
    "state": "状态", "status": "状态", "step": "步骤",
    "table": "表", "target": "目标", "theirs": "对方名称", "then": "改后", "then and now": "当时与现在", "time": "时间",
    "time zone": "时区", "week starts": "一周始于", "holidays": "节假日", "title": "标题", "to": "发送到", "today": "今日", "total": "合计", "told": "已通知", "type": "类型",
    "until": "截至", "used by": "使用者", "usual": "通常",
    "value": "值", "vendor key": "厂商密钥", "verdict": "判定", "version": "版本", "violations": "违规", "waits for": "等待",
    "watches": "监测", "weights": "权重", "what": "内容", "what is wrong": "问题", "what to do": "处理方法", "when": "条件",
    "where": "位置", "why": "原因", "worked out": "推算", "would be": "将为", "write key": "写入密钥",
}  # fmt: skip
"""A heading that is data, such as a column of an answer, is no word of ours and stays as it is: ``output.Given``."""

STATES: Final = {
    "bad": "异常", "by_hand": "手动", "done": "完成", "failed": "失败", "failing": "失败", "fine": "正常", "fired": "预警",
    "interrupted": "被中断", "new": "尚未运行", "partly": "部分未读", "paused": "已暂停", "problem": "出错", "recovered": "恢复",
    "running": "运行中", "schedule": "定时", "sent": "已发送", "stopped": "已停止", "test": "测试", "unclear": "无法判断",
    "waiting": "等待中",
}  # fmt: skip
"""How connectors, alerts and their messages stand; in JSON they are said as they are."""
