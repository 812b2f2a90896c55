"""The sample form of the design, as a sheet; and how it becomes a PDF."""

from datetime import UTC, date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import force_locale

from portal.printing.imprint import Imprint, typeset
from portal.printing.pdf import Pdf, press
from portal.printing.registry import Paper
from portal.reviews import paper as p

AT = datetime(2027, 1, 12, 1, 26, tzinfo=UTC)
CODE = "7K4MQ2XD91FAB3NP"
NUMBER = "JX-2026-PR-000418"
ADDRESS = f"https://portal.example/v/{CODE}"


def a_sheet(**changes) -> p.Sheet:
    known = {
        "title": "绩效评估表",
        "subject": "周晓岚",
        "facts": tuple(
            p.Fact(label, value)
            for label, value in (
                ("姓名", "周晓岚"), ("工号", "HY20190417"), ("部门", "装配制造部 总装一车间"), ("岗位 / 职级", "装配工艺工程师 / P6"),
                ("评估周期", "2026 年度（1 月 1 日至 12 月 31 日）"), ("方案", "生产技术岗 2026，第 2 版"), ("直接主管", "林知远"),
                ("二级审批", "秦朗"), ("岗位变动", "周期内无变动"), ("过程依据", "对话 24 次，按时 92%，依据充分"),
            )
        ),
        "result": p.Result(Decimal("107.40"), "A", "维持", "A（95 至 110 分）：稳定超出岗位要求，成果被团队以外采用。建议等级 A，校准后未调整。"),
        "sections": (goals(), okr(), competencies(), words()),
        "plan": (
            p.Task("发挥优势", "把防错方案写成标准作业，推广到总装二车间", "项目", "周晓岚", date(2027, 6, 30)),
            p.Task("补足短板", "每周一晚带教两名夜班骨干，独立通过夹具调试考核", "在岗历练", "周晓岚", date(2027, 3, 31)),
            p.Task("公司支持", "现场主管带教课程名额一个", "培训", "林知远", date(2027, 4, 30)),
        ),
        "interview": p.Interview("2027-01-08，面对面，45 分钟", p.Opinion.AGREED, "认可结果。希望带教的两个人固定在同一个班组，三个月内不换班。"),
        "signatures": (
            p.Signature("本人", "周晓岚", datetime(2027, 1, 9, 10, 12, tzinfo=UTC), "再次输入密码签署", "S-51C7"),
            p.Signature("直接主管", "林知远", datetime(2027, 1, 8, 8, 40, tzinfo=UTC), "再次输入密码签署", "S-4F20"),
            p.Signature("二级审批", "秦朗", datetime(2026, 12, 9, 2, 5, tzinfo=UTC), "再次输入密码签署", "S-2B9E"),
            p.Signature("人力资源（归档）", "沈嘉禾", datetime(2027, 1, 12, 1, 26, tzinfo=UTC), "归档"),
        ),
        "revisions": ("第 1 版 2026-12-02 主管提交", "第 2 版 2026-12-18 校准，等级维持", "第 3 版 2027-01-05 财务数据到达，得分由 107.53 重算为 107.40，等级不变。"),
    }
    return p.Sheet(**{**known, **changes})


def goals() -> p.Section:
    rows = (
        ("一次装配合格率", "数据：MES，2026-12-31 取数", 4000, "98.5%", "98.6%", "100.10"),
        ("防错夹具上线工位", "手工更新，主管 2026-12-28 核对", 3500, "8 个", "9 个", "112.50"),
        ("工艺改善节约", "数据：财务系统，2027-01-05 取数", 2500, "40.0 万元", "42.0 万元", "105.00"),
    )
    items = tuple(
        p.Item(title, note=note, method="比率，越高越好", weight=weight, target=target, actual=actual, score=Decimal(score))
        for title, note, weight, target, actual, score in rows
    )
    return p.Section("工作目标", p.Kind.MEASURES, 6000, Decimal("105.67"), items=items)


def okr() -> p.Section:
    parts = tuple(
        p.Item(title, baseline=start, target=target, actual=actual, score=Decimal(score))
        for title, start, target, actual, score in (
            ("月均错漏装件数", "14 件", "0 件", "3 件", "0.8"), ("方案被另一车间采用", "0 个", "2 个", "1 个", "0.5"),
            ("夜班能独立调试夹具的人数", "1 人", "6 人", "5 人", "0.8"),
        )
    )
    item = p.Item("让错漏装在总装一车间成为历史", note="挑战型", score=Decimal("0.7"), parts=parts)
    return p.Section("OKR", p.Kind.OKR, items=(item,), note="评分 0.7 及以上为达成，0.4 至 0.6 为部分达成；挑战型目标的 0.6 至 0.7 即为成功。")


def competencies() -> p.Section:
    why = p.Rating(
        "主管", "5",
        "四月夜班连续出现柔轮漏装，她没有停在加人复检，而是把三道工序的放置顺序改成只能一种装法，错漏装当月减半。九月又把图纸和调试视频整理成一套，总装二车间照着做，少走了一个月弯路。",
        (
            p.Evidence(date(2026, 9, 3), "反馈", "她把夹具图纸和调试视频一起给了我们，二车间少走了一个月弯路。", "顾青禾"),
            p.Evidence(date(2026, 11, 9), "双周对话", "提前识别导轨交期，改为先上三号和五号工位。"),
        ),
    )
    items = (
        p.Item("解决问题", anchor="方法被别的团队采用", score=Decimal(120), ratings=(p.Rating("自评", "4"), why)),
        p.Item("协作", anchor="主动跟上下游对齐", score=Decimal(100), ratings=(p.Rating("自评", "4"), p.Rating("主管", "3"))),
    )
    return p.Section("能力与价值观", p.Kind.RATINGS, 4000, Decimal("110.00"), assessors=("自评", "主管"), items=items)


def words() -> p.Section:
    mine = "今年最有成就感的是八号工位之外的夹具全部上线，夜班的同事告诉我现在「闭着眼也装不错」。做得不够的是带人，夜里一有问题还是先打我的电话。明年想先把两个人带出来，再往二车间走。"
    theirs = (
        "晓岚把一个车间的老问题变成了公司可以复制的做法，这是今年总装线上最值得讲的一件事。她对产线的判断快而准，提前看到导轨交期的风险，替全线省下至少一周。"
        "接下来要学的是放手：方法已经在，人还没有跟上。我会每两周和她一起看一次带教进展，也会替她挡掉一部分临时的现场呼叫。"
    )
    said = (p.Statement("本人", mine, "周晓岚", date(2026, 11, 17)), p.Statement("直接主管", theirs, "林知远", date(2026, 12, 2)))
    return p.Section("综合评语", p.Kind.WORDS, statements=said)


def set_in_type(app: Flask, sheet: p.Sheet, language: str = "zh"):
    """HTML and attachment, as a download would make them."""
    whole = Paper("reviews/print.html", sheet, sheet.title, sheet.subject, "人事存档联", 2026, about=None)
    who = {"firm": "衡屿精密制造有限公司", "title": sheet.title, "subject": sheet.subject, "number": NUMBER, "version": 3}
    imprint = Imprint(**who, copy=whole.copy, code=CODE, address=ADDRESS, made_by="沈嘉禾", at=AT)
    with app.test_request_context(), force_locale(language):
        return typeset(whole, imprint)


def printed(app: Flask, sheet: p.Sheet, language: str = "zh") -> Pdf:
    html, attachment = set_in_type(app, sheet, language)
    return press.make(html, AT, attachment)
