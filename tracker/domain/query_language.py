"""The query language: one grammar for the list, the API, saved views, bulk selections and reports.

    query   = [any]                              nothing asks for everything
    any     = all { OR all }
    all     = part { [AND] part }                a space is AND
    part    = ( "NOT" | "-" ) part | "(" any ")" | term | text
    term    = key ":" value { "," value }        a comma is "or"
    value   = [ ">=" | "<=" | ">" | "<" ] one | one ".." one | one
    text    = word | word "*" | '"' words '"'

`parse` gives the tree or raises `QueryError`, which marks the place and says what would be right. Which keys
there are, and what their values mean, is decided elsewhere (`search_keys`); the grammar knows neither.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST = 256
"""Characters of a query."""

MOST_TERMS = 20
DEEPEST = 5
SHORTEST_PREFIX = 3

SEPARATORS = frozenset("-–—·/&|+,;")
"""A sign that stands alone between blanks separates words, as it does in a title that was pasted."""


class QueryError(ValueError):
    """What is wrong with a query: the sentence, and the place from `start` up to `end` in its text."""

    def __init__(self, message: str, start: int, end: int, suggestion: str = "") -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.suggestion = message, start, end, suggestion


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text of the query."""

    start: int
    end: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Text:
    """A word or a phrase to look for in all text; `prefix` asks for words that begin so."""

    text: str
    quoted: bool = False
    prefix: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a term: `=`, a bound (`>=` `<=` `>` `<`), or `..` with `text` and `upto` as its ends."""

    text: str
    operator: str = "="
    upto: str = ""
    quoted: bool = False
    prefix: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """`key:value,value`: the values are joined by "or"."""

    key: str
    values: tuple[Value, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but what `part` asks for."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """What all parts ask for; no parts ask for everything."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part asks for."""

    parts: tuple["Node", ...]


Node = Text | Term | Not | And | Or
EVERYTHING = And(())


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """The tree of a query. Raises `QueryError` for what cannot be meant."""
    if len(text) > LONGEST:
        raise QueryError(f"A query takes at most {LONGEST} characters; this has {len(text):,}.", LONGEST, len(text))
    return _Parser(list(_tokens(text))).query()


def parts_of(tree: Node) -> tuple[Node, ...]:
    """The parts that a query joins by "and": what a list is narrowed to, one thing after the other."""
    return tree.parts if isinstance(tree, And) else (tree,)


def terms_in(tree: Node) -> Iterator[Term]:
    """Every term of a query, however deep it stands."""
    match tree:
        case Term():
            yield tree
        case Not(part):
            yield from terms_in(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms_in(part)


def without(text: str, fits: Callable[[Term], bool]) -> str:
    """The query without those terms that fit and narrow the whole of it. Raises `QueryError`."""
    terms = [part for part in parts_of(parse(text)) if isinstance(part, Term) and fits(part)]
    for term in reversed(terms):
        text = _cut(text, term.span.start, term.span.end)
    return text


def _cut(text: str, start: int, end: int) -> str:
    """The text without a part, the AND beside it, and brackets around nothing else."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if before.endswith("(") and after.startswith(")"):
        return _cut(text, len(before) - 1, len(text) - len(after) + 1)
    if re.search(r"(?:^|[\s)])AND$", before):
        before = before[:-3].rstrip()
    elif re.match(r"AND(?:[\s(]|$)", after):
        after = after[3:].lstrip()
    return f"{before} {after}".strip()


def with_term(text: str, key: str, *values: str) -> str:
    """The query narrowed to these values of a key, in the place of what it said about that key before."""
    rest = without(text, lambda term: term.key == key)
    return narrowed_by(rest, f"{key}:{','.join(map(quoted, values))}") if values else rest


def narrowed_by(text: str, term: str) -> str:
    """The query narrowed by one more term as it is written. Raises `QueryError`."""
    depth, has_bare_or = 0, False
    for token in _tokens(text):
        depth += {"(": 1, ")": -1}.get(token.kind, 0)
        has_bare_or |= token.kind == "OR" and not depth
    return f"({text}) {term}" if has_bare_or else f"{text} {term}".strip()


def quoted(value: str) -> str:
    """A value as it can stand in a query."""
    plain = value.replace('"', "")
    return plain if _PLAIN.fullmatch(plain) and ".." not in plain else f'"{plain}"'


# ---- Tokens ----

_KEY = re.compile(r"([A-Za-z][A-Za-z_-]*)(?::|(?=[<>]))")
_VALUE = re.compile(r'(>=|<=|>|<)?(?:"([^"]*)"|([^\s()",]+))')
_PLAIN = re.compile(r"[\w@#+./-]+")
_WORD = re.compile(r'[^\s()"]+')
_JOINS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class _Token:
    """A sign (`kind` is what stands there) or a whole `node`."""

    kind: str
    span: Span
    node: Text | Term | None = None


_END = _Token("", NOWHERE)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at)
        yield token
        at = token.span.end


def _token(text: str, at: int) -> _Token:
    if text[at] in "()":
        return _Token(text[at], Span(at, at + 1))
    if text[at] == "-" and re.match(r"-[^\s)-]", text[at:]):
        return _Token("-", Span(at, at + 1))
    if text[at] == '"':
        return _phrase(text, at)
    key = _KEY.match(text, at)
    return _term(text, key) if key else _word(text, at)


def _phrase(text: str, at: int) -> _Token:
    end = text.find('"', at + 1)
    if end < 0:
        raise QueryError("This quotation mark has no partner. Close the phrase, or take the mark away.", at, len(text))
    span = Span(at, end + 1)
    return _Token("part", span, Text(_with_letters(text[at + 1 : end], span), quoted=True, span=span))


def _word(text: str, at: int) -> _Token:
    found = _WORD.match(text, at)
    assert found  # blanks, brackets and quotation marks were taken before
    word, span = found[0], Span(at, found.end())
    if word in _JOINS:
        return _Token(word, span)
    if set(word) <= SEPARATORS:
        return _Token("separator", span)
    plain, prefix = _without_star(word, span)
    return _Token("part", span, Text(_with_letters(plain, span), prefix=prefix, span=span))


def _term(text: str, key: re.Match[str]) -> _Token:
    values: list[Value] = []
    at = key.end()
    while not values or text[at : at + 1] == ",":
        at += bool(values)
        found = _VALUE.match(text, at)
        if not found:
            raise QueryError(f"Say after “{text[key.start() : at]}” what is meant.", key.start(), max(at, key.end()))
        values.append(_value(found))
        at = found.end()
    span = Span(key.start(), at)
    return _Token("part", span, Term(key[1].lower(), tuple(values), span))


def _value(found: re.Match[str]) -> Value:
    operator, quotation, word = found[1] or "=", found[2], found[3]
    span = Span(*found.span())
    if quotation is not None:
        return Value(quotation, operator, quoted=True, span=span)
    low, dots, high = word.partition("..")
    if dots and operator == "=" and (low or high):
        return Value(low, "..", high, span=span)
    plain, prefix = _without_star(word, span)
    return Value(plain, operator, prefix=prefix, span=span)


def _without_star(word: str, span: Span) -> tuple[str, bool]:
    plain = word.removesuffix("*")
    if "*" in plain:
        raise QueryError("A star stands at the end of a word only: “meter*”.", span.start, span.end)
    if plain != word and len(plain) < SHORTEST_PREFIX:
        raise QueryError(f"Type at least {SHORTEST_PREFIX} characters before the star.", span.start, span.end)
    return plain, plain != word


def _with_letters(text: str, span: Span) -> str:
    if not any(char.isalnum() for char in text):
        raise QueryError("There is no letter or digit to look for here. Take it away.", span.start, span.end)
    return text


# ---- The tree ----


class _Parser:
    """Recursive descent over the tokens; each method takes what it names and leaves the rest."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth, self._terms = tokens, 0, 0, 0

    def query(self) -> Node:
        """The tree of all tokens."""
        tree = self._any()
        if self._here.kind:
            raise _refusal(self._here, "This bracket closes nothing. Take it away, or open one before it.")
        return tree

    def _any(self) -> Node:
        parts = [self._all()]
        while self._here.kind == "OR":
            sign = self._take()
            parts.append(self._all())
            if EVERYTHING in parts[-2:]:
                raise _refusal(sign, "OR needs something on both sides.")
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Node:
        parts: list[Node] = []
        while self._here.kind not in ("", ")", "OR"):
            if self._here.kind == "AND":
                self._require_both_sides(self._take(), parts)
            elif self._here.kind == "separator":
                self._take()
            else:
                parts.append(self._part())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _require_both_sides(self, sign: _Token, before: list[Node]) -> None:
        if not before or self._here.kind in ("", ")", "OR", "AND"):
            raise _refusal(sign, "AND needs something on both sides.")

    def _part(self) -> Node:
        token = self._take()
        if token.kind in ("NOT", "-"):
            return self._negated(token)
        if token.kind == "(":
            return self._bracket(token)
        assert token.node  # the callers leave nothing else
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise _refusal(token, f"A query takes at most {MOST_TERMS} words and terms. Leave something out.")
        return token.node

    def _negated(self, sign: _Token) -> Node:
        if self._here.kind in ("", ")", "OR", "AND", "separator"):
            raise _refusal(sign, "Say after this what is not meant.")
        with self._one_deeper(sign):
            return Not(self._part())

    def _bracket(self, opening: _Token) -> Node:
        with self._one_deeper(opening):
            inner = self._any()
        if self._take().kind != ")":
            raise _refusal(opening, "This bracket is never closed. Add “)” where it ends.")
        if inner == EVERYTHING:
            raise _refusal(opening, "These brackets hold nothing. Fill them, or take them away.")
        return inner

    @contextmanager
    def _one_deeper(self, sign: _Token) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _refusal(sign, f"Brackets and NOT go at most {DEEPEST} deep. Write it flatter.")
        yield
        self._depth -= 1

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._here
        self._at += 1
        return token


def _refusal(token: _Token, message: str) -> QueryError:
    return QueryError(message, token.span.start, token.span.end)
