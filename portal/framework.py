"""Flask and Jinja as our pages need them: what comes again and again is made once."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import markupsafe
from flask import Flask
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from portal import here

ADDRESSES = 20_000
"""How many addresses a process keeps: those of a list come again with every look at it."""


EVALUATED: Any = vars(Macro.__call__)["jinja_pass_arg"]
"""What Jinja marks those with that want to know how a template is evaluated."""
PLAIN = frozenset({FunctionType, MethodType, BuiltinFunctionType, type(lru_cache(str))})
"""What says itself whether it wants to know; of anything else its `__call__` may."""
INNER: Callable[[str], str] = vars(markupsafe)["_escape_inner"]
"""The escaping itself, of text that is nothing but text."""


class Called(Context):
    """What is called from a template: Jinja looks four times whether it wants to know where it is called from. Macros always
    do, functions when they say so."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as Jinja's: any name may be an argument
        """What `__obj` gives for these arguments."""
        kind = type(__obj)
        if kind is Macro:
            args = (__self.eval_ctx, *args)
        elif kind not in PLAIN:
            return super().call(__obj, *args, **kwargs)
        elif wants := getattr(__obj, "jinja_pass_arg", None):
            if wants is not EVALUATED:
                return super().call(__obj, *args, **kwargs)
            args = (__self.eval_ctx, *args)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(*args, **kwargs)


def escaped(value: Any) -> str:
    """What a template writes of a value: the same as `escape`, but no `Markup` is made of each, as they are joined at once."""
    kind = type(value)
    if kind is str:
        return INNER(value)
    if kind is int:
        return str(value)
    return value if kind is Markup else escape(value)


class Joined(CodeGenerator):
    """How a template becomes Python: what it includes and its blocks are joined where they stand. Jinja hands on each bit of
    them through every template and block around it, which nobody needs who sends the page whole."""

    def write_commons(self) -> None:
        """What each part of a template begins with."""
        super().write_commons()
        self.writeline("escape = environment.escaped")

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:  # noqa: N802 - as Jinja's
        """Joined, where it is drawn whatever happens."""
        maybe = frame.toplevel and self.extends_so_far
        if frame.buffer is not None or maybe or node.scoped or node.required:
            super().visit_Block(node, frame)
            return
        self.writeline(f"yield concat(context.blocks[{node.name!r}][0]({self.get_context_ref()}))", node)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - as Jinja's
        """Joined, where it is one that is there and that sees what is around it."""
        found = isinstance(node.template, nodes.Const) and not node.ignore_missing
        if frame.buffer is not None or not (found and node.with_context):
            super().visit_Include(node, frame)
            return
        self.writeline(f"template = environment.get_template({node.template.as_const()!r}, {self.name!r})", node)
        inside = f"template.new_context(context.get_all(), True, {self.dump_local_context(frame)})"
        self.writeline(f"yield concat(template.root_render_func({inside}))", node)


class OneForAll(Environment):
    """An environment whose templates share its globals. Jinja gives each a layer of its own for globals that come with a
    template; ours bring none, and going through that layer for every included part took a twentieth of a board."""

    context_class = Called
    code_generator_class = Joined
    escaped = staticmethod(escaped)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: the environment's own, as long as it brings none."""
        return super().make_globals(d) if d else self.globals


class Portal(Flask):
    """Flask, but for addresses: each is made from its rule once, as long as it is one inside the portal."""

    jinja_environment = OneForAll

    def __init__(self, *given: Any, **more: Any) -> None:
        self._made = lru_cache(maxsize=ADDRESSES, typed=True)(self._make)
        super().__init__(*given, **more)

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's. Relative endpoints, whole addresses and those with lists in them are made anew."""
        if endpoint[:1] == "." or values.get("_external") is not None or values.get("_scheme") is not None:
            return super().url_for(endpoint, **values)
        try:
            return self._made(here.root(), endpoint, **values)
        except TypeError:  # a list cannot be kept
            return super().url_for(endpoint, **values)

    def _make(self, _root: str, endpoint: str, /, **values: Any) -> str:
        return super().url_for(endpoint, **values)
