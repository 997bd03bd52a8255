"""`where`: a small language of conditions on the columns of a memory, and no more than that (never SQL, never eval).

    expression  = conjunction ("or" conjunction)*            keywords in any case
    conjunction = negation ("and" negation)*
    negation    = "not" negation | predicate
    predicate   = "(" expression ")" | name test?            a name by itself is a column of booleans
    test        = ("=" | "!=" | "<" | "<=" | ">" | ">=") literal
                | "not"? "in" "(" literal ("," literal)* ")"
                | "not"? "like" text                         % any characters, _ one
                | "is" "not"? "null"
    literal     = text | number | "true" | "false"
    name        = letters, digits and _, or anything in double quotes: "education-num"
    text        = in single quotes, a quote within doubled: 'it''s'

Nulls follow SQL: what is compared with a null is unknown, and what is unknown is not chosen.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from byheart.errors import WhereError

Columns = Callable[[str], pa.Array]

_MOST_CHARACTERS: Final = 10_000
_DEEPEST: Final = 100
_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_]))
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<word>[^\W\d]\w*)
    | (?P<sign><=|>=|!=|<>|==|=|<|>|\(|\)|,)
    | (?P<end>$)
    )""",
    re.VERBOSE,
)
_COMPARE: Final = {
    "=": pc.equal, "==": pc.equal, "!=": pc.not_equal, "<>": pc.not_equal,
    "<": pc.less, "<=": pc.less_equal, ">": pc.greater, ">=": pc.greater_equal,
}  # fmt: skip  # a table
_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "like", "is", "null", "true", "false"})


@dataclass(frozen=True, slots=True)
class Test:
    """A column against literals: `name`, or `name sign literal`."""

    name: str
    sign: str
    literals: tuple[Any, ...]

    def evaluate(self, columns: Columns) -> pa.Array:
        """True, false or null for each row."""
        column = columns(self.name)
        if self.sign == "is null":
            return pc.is_null(column)
        if self.sign == "is true":
            if not pa.types.is_boolean(column.type):
                raise WhereError(f"where: {self.name} is {column.type}, not true or false: compare it with something")
            return column
        if self.sign == "like":
            if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
                raise WhereError(f"where: like wants text, and {self.name} is {column.type}")
            return pc.match_like(column, self.literals[0])
        values = [_scalar(literal, column.type, self.name) for literal in self.literals]
        if self.sign != "in":
            return _compare(self.sign, column, values[0])
        same = [value for value in values if value.type == column.type]
        found = pc.is_in(column, value_set=pa.array([value.as_py() for value in same], column.type))
        result = pc.if_else(pc.is_valid(column), found, pa.scalar(None, pa.bool_()))
        for value in values:  # numbers that a column of its type cannot hold: 2.5 among integers
            result = result if value.type == column.type else pc.or_kleene(result, _compare("=", column, value))
        return result

    def names(self) -> set[str]:
        """The columns that are needed."""
        return {self.name}


@dataclass(frozen=True, slots=True)
class Not:
    """What is false."""

    inner: "Expression"

    def evaluate(self, columns: Columns) -> pa.Array:
        """True, false or null for each row."""
        return pc.invert(self.inner.evaluate(columns))

    def names(self) -> set[str]:
        """The columns that are needed."""
        return self.inner.names()


@dataclass(frozen=True, slots=True)
class Join:
    """All of them ("and"), or any ("or")."""

    word: str
    parts: tuple["Expression", ...]

    def evaluate(self, columns: Columns) -> pa.Array:
        """True, false or null for each row."""
        join = pc.and_kleene if self.word == "and" else pc.or_kleene
        result = self.parts[0].evaluate(columns)
        for part in self.parts[1:]:
            result = join(result, part.evaluate(columns))
        return result

    def names(self) -> set[str]:
        """The columns that are needed."""
        return set().union(*(part.names() for part in self.parts))


Expression = Test | Not | Join


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        WhereError: it cannot be read; the message says where.

    >>> parse("label = 'cat' and not size < 100").names() == {"label", "size"}
    True
    """
    return _Parser(text).parse()


class _Token(NamedTuple):
    sort: str
    text: str
    at: int


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > _MOST_CHARACTERS:
            raise WhereError(f"where: wanted at most {_MOST_CHARACTERS:,} characters, got {len(text):,}")
        self._text = text
        self._tokens = self._split()
        self._next = 0
        self._depth = 0

    def parse(self) -> Expression:
        whole = self._expression()
        if self._peek().sort != "end":
            raise self._error("and, or, or the end")
        return whole

    def _split(self) -> list[_Token]:
        tokens, at = list[_Token](), 0
        while not tokens or tokens[-1].sort != "end":
            match = _TOKEN.match(self._text, at)
            if match is None or match.lastgroup is None:
                at += len(self._text[at:]) - len(self._text[at:].lstrip())
                raise WhereError(
                    f"where: cannot read {self._text[at : at + 20]!r} (character {at + 1}): {_remedy(self._text[at])}"
                )
            sort, token = match.lastgroup, match[match.lastgroup]
            if sort == "word" and token.lower() in _KEYWORDS:
                sort, token = "keyword", token.lower()
            tokens.append(_Token(sort, token, match.start(match.lastgroup)))
            at = match.end()
        return tokens

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _took(self, *texts: str) -> bool:
        """Step over these keywords or signs, if they come next."""
        for ahead, text in enumerate(texts):
            token = self._tokens[min(self._next + ahead, len(self._tokens) - 1)]
            if token.sort not in {"keyword", "sign"} or token.text != text:
                return False
        self._next += len(texts)
        return True

    def _expression(self) -> Expression:
        return self._join("or", lambda: self._join("and", self._negation))

    def _join(self, word: str, part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self._took(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Join(word, tuple(parts))

    def _negation(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise WhereError(f"where: wanted at most {_DEEPEST} levels of brackets and nots, got more")
        result = Not(self._negation()) if self._took("not") else self._predicate()
        self._depth -= 1
        return result

    def _predicate(self) -> Expression:
        if self._took("("):
            inner = self._expression()
            self._expect(")")
            return inner
        token = self._take()
        if token.sort not in {"word", "quoted"}:
            self._next -= 1
            raise self._error("the name of a column")
        name = token.text if token.sort == "word" else token.text[1:-1].replace('""', '"')
        if self._took("is", "not", "null"):
            return Not(Test(name, "is null", ()))
        if self._took("is", "null"):
            return Test(name, "is null", ())
        negated = self._took("not")
        test = self._test(name)
        if negated and test.sign not in {"in", "like"}:
            raise self._error("in or like after not")
        return Not(test) if negated else test

    def _test(self, name: str) -> Test:
        if self._took("in"):
            self._expect("(")
            literals = [self._literal()]
            while self._took(","):
                literals.append(self._literal())
            self._expect(")")
            return Test(name, "in", tuple(literals))
        if self._took("like"):
            pattern = self._literal()
            if not isinstance(pattern, str):
                raise self._error("a pattern in quotes after like")
            return Test(name, "like", (pattern,))
        if self._peek().text in _COMPARE:
            return Test(name, self._take().text, (self._literal(),))
        return Test(name, "is true", ())

    def _literal(self) -> Any:
        token = self._take()
        if token.sort == "text":
            return token.text[1:-1].replace("''", "'")
        if token.sort == "number":
            return int(token.text) if re.fullmatch(r"[+-]?\d+", token.text) else float(token.text)
        if token.sort == "keyword" and token.text in {"true", "false"}:
            return token.text == "true"
        self._next -= 1
        if token.text == "null":
            raise self._error("a value (for null: `is null`)")
        raise self._error("a number, true, false, or a text in single quotes")

    def _expect(self, sign: str) -> None:
        if not self._took(sign):
            raise self._error(f"`{sign}`")

    def _error(self, wanted: str) -> WhereError:
        token = self._peek()
        got = "the end" if token.sort == "end" else f"`{token.text}`"
        return WhereError(f"where: wanted {wanted}, got {got} (character {token.at + 1} of: {self._text})")


def _compare(sign: str, column: pa.Array, value: pa.Scalar) -> pa.Array:
    if value.type != column.type and pa.types.is_integer(column.type):
        column = column.cast(pa.float64(), safe=False)
    return _COMPARE[sign](column, value)


def _scalar(literal: Any, type_: pa.DataType, name: str) -> pa.Scalar:
    """The literal as a value of the column's type; as a float where it is a number that the type cannot hold."""
    text = pa.types.is_string(type_) or pa.types.is_large_string(type_)
    number = pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)
    fits = {
        bool: pa.types.is_boolean(type_),
        int: number,
        float: number,
        str: not number and not pa.types.is_boolean(type_),
    }
    if not fits[type(literal)]:
        remedy = f": write '{literal}', in quotes" if text else ""
        raise WhereError(f"where: {name} is {type_}, got {literal!r} to compare it with{remedy}")
    try:
        if pa.types.is_decimal(type_):
            return pa.scalar(Decimal(repr(literal)))
        if pa.types.is_integer(type_):
            low, high = _range(type_)
            exact = literal == int(literal) and low <= literal <= high
            return pa.scalar(int(literal), type_) if exact else pa.scalar(float(literal))
        return pa.scalar(literal, type_) if text or number else pa.scalar(literal).cast(type_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError, UnicodeEncodeError) as error:
        raise WhereError(f"where: {name} is {type_}, and {literal!r} is not such a value") from error


def _range(type_: pa.DataType) -> tuple[int, int]:
    bits = type_.bit_width
    return (0, 2**bits - 1) if pa.types.is_unsigned_integer(type_) else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _remedy(character: str) -> str:
    if character in "'\"":
        return "a quote that is opened must be closed"
    return "wanted names, numbers, 'text', = != < <= > >= and or not in like is null"
