"""JSON that has exactly one spelling: values to bytes and back.

Rules:

* ``parse`` accepts a body only if its bytes equal their own RFC 8785 form, so whatever a signer
  signed is the only way to write it;
* repeated member names, lone surrogates, NaN, numbers of 2^53 and more, byte-order marks, other
  encodings and nesting deeper than 64 levels are refused;
* a fraction comes back as the exact ``Decimal`` of its text, never as a float; it must be the text
  RFC 8785 gives its double, and ``parse_whole`` refuses it altogether.

RFC 8785 https://www.rfc-editor.org/rfc/rfc8785, printed by ``rfc8785``, and by ``orjson`` where both agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NoReturn, TypeGuard

import orjson
import rfc8785

from provenance.codes import Code
from provenance.encoding.textual import LARGEST_INTEGER, parse_decimal
from provenance.errors import MalformedError

_Scalar = None | bool | int | Decimal | str
Json = _Scalar | list["Json"] | dict[str, "Json"]
JsonLike = _Scalar | Sequence["JsonLike"] | Mapping[str, "JsonLike"]
_Doubles = None | bool | int | float | str | list["_Doubles"] | dict[str, "_Doubles"]

DEEPEST = 64  # levels of nesting; EPCIS needs 8, and a bound keeps every recursive reader safe

# For a value without fractions and with keys in the Basic Multilingual Plane, sorted compact
# JSON *is* the RFC 8785 form, and orjson prints it in a tenth of the time. Equality with the body is proof
# enough; only bodies it can't vouch for go to the package. tests/unit/encoding proves the two agree.
_FAST = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_ABOVE_BMP = re.compile(rb"[\xf0-\xf4]")  # the first byte of a letter beyond that plane, in UTF-8


def dump(value: JsonLike) -> bytes:
    """The RFC 8785 bytes of a value.

    Refuses what ``parse`` would not read back: numbers of 2^53 and more, decimals that are no
    double, lone surrogates, nesting deeper than 64 levels.

    >>> dump({"b": [Decimal("2.50")], "a": "é"})
    b'{"a":"\\xc3\\xa9","b":[2.5]}'
    """
    if _is_plain(value, 0) and (quick := _fast_form(value)) is not None:
        return quick
    try:
        return rfc8785.dumps(_doubles(value, "", 0))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as err:
        raise MalformedError(Code.NON_CANONICAL, f"the value has no RFC 8785 form: {err}") from err


def parse(body: bytes) -> Json:
    """The value of a body that is in its RFC 8785 form; anything else is refused.

    >>> parse(b'{"a":2.5}')
    {'a': Decimal('2.5')}
    """
    try:
        text = body.decode("utf-8")
        value: Json = _FAST_DECODER.decode(text)
        # A repeated name is lost in the value, so the bytes differ; so does every other spelling.
        if not _is_too_deep(value, text) and _fast_form(value) == body:
            return value
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        pass  # parse_any says what it is
    value = parse_any(body)
    if (wanted := dump(value)) != body:
        pairs = zip(body, wanted, strict=False)
        at = next((index for index, (got, want) in enumerate(pairs) if got != want), min(len(body), len(wanted)))
        raise MalformedError(Code.NON_CANONICAL, f"the body differs from its RFC 8785 form at byte {at}")
    return value


def parse_whole(body: bytes) -> Json:
    """Like ``parse``, for statements of our own: a fraction anywhere is refused."""
    try:
        text = body.decode("utf-8")
        whole: Json = _WHOLE_DECODER.decode(text)
        if not _is_too_deep(whole, text) and _fast_form(whole) == body:
            return whole
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, MalformedError):
        pass  # parse and fraction_at say what it is
    value = parse(body)
    if (pointer := fraction_at(value)) is not None:
        raise MalformedError(Code.FRACTION_NOT_ALLOWED, "a fraction where none belongs", pointer=pointer)
    return value


def parse_any(text: bytes) -> Json:
    """The value of any strict JSON text (for envelopes and documents, whose bytes nobody signs).

    Spelling is free here; all that the module's rules name is refused as everywhere.
    """
    try:
        # json.loads on bytes would guess UTF-16 and skip a byte-order mark.
        decoded = text.decode("utf-8")
        if decoded.startswith("\ufeff"):
            raise MalformedError(Code.MALFORMED_JSON, "a byte-order mark stands before the JSON")
        value: Json = json.loads(
            decoded,
            object_pairs_hook=_unique,
            parse_float=parse_decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as err:
        raise MalformedError(Code.MALFORMED_JSON, f"byte {err.start} is not UTF-8") from err
    except json.JSONDecodeError as err:
        place = f"line {err.lineno} column {err.colno}"
        raise MalformedError(Code.MALFORMED_JSON, f"not JSON at {place}: {err.msg.lower()}") from err
    except RecursionError as err:
        raise MalformedError(Code.MALFORMED_JSON, f"nested deeper than {DEEPEST} levels") from err
    if _is_too_deep(value, decoded):
        raise MalformedError(Code.MALFORMED_JSON, f"nested deeper than {DEEPEST} levels")
    if "\\u" in decoded and not _is_unicode(value):
        raise MalformedError(Code.MALFORMED_JSON, "a lone surrogate is no character")
    return value


def fraction_at(value: Json, pointer: str = "") -> str | None:
    """The RFC 6901 pointer to the first fraction in a value, or ``None``.

    >>> fraction_at({"a": [1, Decimal("0.5")]})
    '/a/1'
    """
    if isinstance(value, Decimal):
        return pointer
    if isinstance(value, dict):
        pairs = ((f"{pointer}/{escape(name)}", member) for name, member in value.items())
    elif isinstance(value, list):
        pairs = ((f"{pointer}/{index}", member) for index, member in enumerate(value))
    else:
        return None
    found = (fraction_at(member, place) for place, member in pairs)
    return next((place for place in found if place is not None), None)


def has_members(value: Json, names: frozenset[str]) -> TypeGuard[dict[str, Json]]:
    """Whether a value is an object of exactly these members.

    A ``match`` says the same, but asks each name singly: that took a seventh of the time of reading a statement.

    >>> has_members({"a": 1, "b": 2}, frozenset("ab")), has_members({"a": 1, "b": 2, "c": 3}, frozenset("ab"))
    (True, False)
    """
    return isinstance(value, dict) and value.keys() == names


def escape(name: str) -> str:
    """A member name as one step of an RFC 6901 pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _is_plain(value: JsonLike, depth: int) -> bool:
    """Whether a value has nothing that the fast form prints and ``dump`` refuses, or prints otherwise."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if isinstance(value, int):
        return abs(value) <= LARGEST_INTEGER
    if depth >= DEEPEST:
        return False
    if isinstance(value, dict):
        return all(type(name) is str and _is_plain(member, depth + 1) for name, member in value.items())
    return isinstance(value, list | tuple) and all(_is_plain(member, depth + 1) for member in value)


def _fast_form(value: JsonLike) -> bytes | None:
    """The canonical bytes, where orjson can vouch for them; ``None`` where it can't."""
    try:
        form = orjson.dumps(value, option=_FAST)
    except orjson.JSONEncodeError:
        return None  # a Decimal, 2^53 or a lone surrogate: the package decides
    # Above the BMP, UTF-16 order (RFC 8785 §3.2.3) and the order of bytes part.
    return form if form.isascii() or _ABOVE_BMP.search(form) is None else None


def _doubles(value: JsonLike, pointer: str, depth: int) -> _Doubles:
    """The value with each decimal as the double that is exactly it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if depth >= DEEPEST and not isinstance(value, Decimal):
        raise MalformedError(Code.NON_CANONICAL, f"nested deeper than {DEEPEST} levels", pointer=pointer)
    match value:
        case Decimal():
            return _double(value, pointer)
        case Mapping():
            return {name: _doubles(member, f"{pointer}/{escape(name)}", depth + 1) for name, member in value.items()}
        case list() | tuple():
            return [_doubles(member, f"{pointer}/{index}", depth + 1) for index, member in enumerate(value)]
        case _:
            raise MalformedError(Code.NON_CANONICAL, f"a {type(value).__name__} is no JSON value", pointer=pointer)


def _double(value: Decimal, pointer: str) -> float:
    try:
        double = float(parse_decimal(str(value)))
    except MalformedError as err:
        raise err.under(pointer) from err
    # RFC 8785 prints doubles: 0.1 means the double nearest to 0.1, whose shortest text is 0.1 again.
    if Decimal(repr(double)) != value:
        raise MalformedError(Code.NON_CANONICAL, f"{value} is not the shortest text of a double", pointer=pointer)
    return double


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise MalformedError(Code.DUPLICATE_KEY, f"the member {name!r} occurs twice")
            seen.add(name)
    return members


def _integer(text: str) -> int:
    # The length first: int() of a million digits is the attack.
    if len(text) > 17 or abs(number := int(text)) > LARGEST_INTEGER:
        raise MalformedError(Code.NUMBER_OUT_OF_RANGE, f"the integer {text[:20]} is 2^53 or more")
    return number


def _no_constant(word: str) -> NoReturn:
    raise MalformedError(Code.MALFORMED_JSON, f"{word} is not a JSON number")


def _is_too_deep(value: Json, text: str) -> bool:
    # Few brackets cannot nest deep, and counting them is quick.
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    # What the decoders make is exactly a dict or a list, and most of what is inside one is neither.
    level, depth = [value] if type(value) in (dict, list) else [], 0
    while level:
        depth += 1
        inside: list[Json] = []
        for node in level:
            children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
            inside += [child for child in children if type(child) is dict or type(child) is list]
        level = inside
    return depth > DEEPEST


def _is_unicode(value: Json) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _no_fraction(text: str) -> NoReturn:
    raise MalformedError(Code.FRACTION_NOT_ALLOWED, f"the fraction {text[:20]} where none belongs")


_FAST_DECODER = json.JSONDecoder(parse_float=parse_decimal, parse_int=_integer, parse_constant=_no_constant)
_WHOLE_DECODER = json.JSONDecoder(parse_float=_no_fraction, parse_int=_integer, parse_constant=_no_constant)
