"""Languages: which one a request speaks, and gettext for templates.

Sentences are written in English in the code; the Chinese stands in `translations/zh/`, one file a package.
A person's own choice comes first, then this browser's cookie, then what the browser asks for, then the company's setting.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from portal import here
from portal.words import Sentence

__all__ = [
    "LANGUAGES",
    "company_language",
    "company_says",
    "company_speaks",
    "everywhere",
    "gettext",
    "init_app",
    "known",
    "lang",
    "language",
    "lazy_gettext",
    "ngettext",
]

LANGUAGES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}
COOKIE = "language"


def init_app(app: Flask) -> None:
    """Choose the language of each request, and give templates `_`, `ngettext`, `pgettext` and `lang`."""
    app.config.setdefault("LANGUAGE", "zh")
    company_speaks(app, lambda: str(app.config["LANGUAGE"]))
    Babel().init_app(app, default_locale=app.config["LANGUAGE"], locale_selector=_choose)
    app.jinja_env.globals.update(
        _=_gettext, gettext=_gettext, ngettext=_ngettext, pgettext=_pgettext, lang=lang, language=language, languages=LANGUAGES
    )


def company_speaks(app: Flask, ask: Callable[[], str]) -> None:
    """Where the company's own language is found; this module stands below the settings."""
    app.extensions["company_language"] = ask


def company_language() -> str:
    """The language of the company: of what is written for nobody in particular."""
    ask: Callable[[], str] = current_app.extensions["company_language"]
    return ask()


def company_says(sentence: str) -> str:
    """The sentence in the company's language: a word that is kept in the database and shown to everybody."""
    with force_locale(company_language()):
        return gettext(sentence)


def language() -> str:
    """The language of this answer: `zh` or `en`."""
    try:
        found = here.kept()._flask_babel.babel_locale or get_locale()  # each date asks: what is known is not looked for again
    except (AttributeError, RuntimeError):  # nobody asked yet, or there is no request
        found = get_locale()
    return str(found.language if found else current_app.config["LANGUAGE"])


def lang() -> str:
    """The same as an HTML language tag."""
    return TAGS[language()]


def known(wish: str | None) -> str | None:
    """The wish, when it is one of ours."""
    return wish if wish in LANGUAGES else None


def gettext(sentence: str, /, **figures: Any) -> str:
    """The sentence in the language of this answer; one of a pure module (`N_`) brings its figures along."""
    if isinstance(sentence, Sentence):
        return gettext(sentence.msgid, **sentence.figures)
    text = str(_catalogue().ugettext(sentence))
    return text % figures if figures else text


def lazy_gettext(sentence: str, /, **figures: Any) -> LazyString:
    """The sentence in the language of whoever reads it, looked for when it is shown: a label is made once for everybody."""
    return LazyString(gettext, sentence, **figures)


def ngettext(one: str, many: str, num: int, /, **figures: Any) -> str:
    """The sentence for this number, which stands in it as `%(num)d`."""
    return str(_catalogue().ungettext(one, many, num)) % {"num": num, **figures}


def everywhere(sentence: str) -> Iterator[str]:
    """The sentence in each of our languages: what somebody may type who looks for it."""
    for tongue in LANGUAGES:
        with force_locale(tongue):
            yield gettext(sentence)


def _catalogue() -> Any:
    """The catalogue of this answer, looked up once a language: a page asks for some hundred sentences."""
    try:
        found = here.kept()._flask_babel.babel_translations  # `force_locale` and `refresh` forget it
    except (AttributeError, RuntimeError):  # nobody asked for a sentence yet, or there is no request
        found = None
    if found is None:
        found = get_translations()
        if has_app_context() and "_flask_babel" in g:
            g._flask_babel.babel_translations = found
    return found


def _choose() -> Locale:
    if not has_request_context():
        return _locale(company_language())
    own = known(g.get("language")) or known(request.cookies.get(COOKIE))
    return _locale(own or request.accept_languages.best_match(list(LANGUAGES)) or company_language())


@cache  # each request asks, and reading a name takes as long as a small statement
def _locale(name: str) -> Locale:
    return Locale.parse(name)


# Jinja's own callables format always (a "100 %" would break) and trust the text as markup, even one that a
# variable brought. Ours format only what has variables, and trust nothing.


@pass_eval_context
def _gettext(context: EvalContext, sentence: str, /, **figures: Any) -> str:
    return _filled(context, _catalogue().ugettext(sentence), figures) if figures else gettext(sentence)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, num: int, /, **figures: Any) -> str:
    return _filled(context, _catalogue().ungettext(one, many, num), {"num": num, **figures})


@pass_eval_context
def _pgettext(context: EvalContext, about: str, sentence: str, /, **figures: Any) -> str:
    text = _catalogue().upgettext(about, sentence)
    return _filled(context, text, figures) if figures else str(text)


def _filled(context: EvalContext, text: str, figures: dict[str, Any]) -> str:
    if not context.autoescape:
        return text % figures
    safe = {name: each if isinstance(each, int | float | Decimal) else escape(each) for name, each in figures.items()}
    return Markup(str(escape(text)) % safe)  # noqa: S704 - each part is escaped
