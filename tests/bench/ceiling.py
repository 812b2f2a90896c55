"""The ceiling page, the unit of `make bench`: an OKR board of 20 x 3, 27 kB, one query, one person signed in.

A fixed application with a database of its own. It is never improved: figures of different years compare by it.
"""

from decimal import Decimal

from flask import Flask, render_template, session
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Column, ForeignKey, Integer, Numeric, String, Table, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Session, relationship, selectinload

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>OKR</title></head><body>
<header><b>{{ person.name }}</b></header><main class="board">
{% for o in objectives %}<article class="card" id="objective-{{ o.id }}"><header><span class="tag">{{ o.kind }}</span>
<h2><a href="/objectives/{{ o.id }}">{{ o.title }}</a></h2><span class="owner">{{ o.owner }}</span></header>
<p class="facts"><span>{{ o.weight // 100 }} %</span><progress max="100" value="{{ (o.progress * 100)|int }}"></progress></p>
<ul>{% for k in o.results %}<li id="result-{{ k.id }}"><span class="name">{{ k.title }}</span>
<span class="num">{{ k.current }} / {{ k.target }} {{ k.unit }}</span><progress max="100" value="{{ (k.progress * 100)|int }}"></progress>
<span class="confidence c{{ k.confidence }}">{{ k.confidence }}</span><a class="button" href="/results/{{ k.id }}/edit">更新进展</a>
<span class="note">{% if k.confidence < 6 %}{{ k.note }}{% else %}<i>{{ k.note }}</i>{% endif %}</span></li>
{% endfor %}</ul></article>{% endfor %}</main></body></html>"""


class Base(DeclarativeBase):
    """Base of the three tables; `more` are columns that are read and not shown, as real tables have them."""


def table(name: str, more: int, *columns: Column) -> Table:
    return Table(name, Base.metadata, Column("id", Integer, primary_key=True), *columns, *(Column(f"more_{n}", String) for n in range(more)))


def figures(*names: str) -> list[Column]:
    return [Column(name, Numeric(18, 6)) for name in names]


class Person(Base):
    __table__ = table("person", 8, Column("name", String))


class Result(Base):
    __table__ = table("result", 5, Column("objective_id", ForeignKey("objective.id"), index=True), *(Column(name, String) for name in ("title", "unit", "note")), *figures("current", "target", "progress"), Column("confidence", Integer))


class Objective(Base):
    __table__ = table("objective", 8, Column("person_id", ForeignKey("person.id"), index=True), *(Column(name, String) for name in ("title", "kind", "owner")), *figures("progress"), Column("weight", Integer))
    results = relationship(Result, order_by=Result.__table__.c.id)


def create(url: str, key: str = "the key of the ceiling, known to everybody") -> Flask:
    app, engine = Flask(__name__), create_engine(url)
    app.secret_key, app.extensions["ceiling"], page = key, engine, app.jinja_env.from_string(PAGE)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL"))

    @app.get("/board")
    def board() -> str:
        with Session(engine) as db:
            found = select(Objective).where(Objective.person_id == session["person"]).options(selectinload(Objective.results))
            return render_template(page, person=db.get(Person, session["person"]), objectives=db.scalars(found.order_by(Objective.id)).all())

    return app


def fill(app: Flask) -> str:
    """Make the database; the value of the signed-in person's cookie."""
    Base.metadata.create_all(app.extensions["ceiling"])
    with Session(app.extensions["ceiling"]) as db:
        filler = {f"more_{n}": f"value {n}" for n in range(5)}
        db.add(Person(id=1, name="周晓岚"))
        for n in range(20):
            results = [Result(title=f"第 {n + 1} 条产线一次装配合格率提升到目标值", unit="%", note="夹具改造后连续三周稳定，本周复核数据", current=Decimal(90 + k), target=Decimal(98), progress=Decimal(k) / 4, confidence=5 + k, **filler) for k in range(3)]
            db.add(Objective(person_id=1, title=f"让第 {n + 1} 条产线的装配质量稳定下来", kind="OKR", owner="周晓岚", progress=Decimal("0.5"), weight=500, results=results, **filler))
        db.commit()
    return SecureCookieSessionInterface().get_signing_serializer(app).dumps({"person": 1})
