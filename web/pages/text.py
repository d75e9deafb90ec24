"""What pages say, in the languages they speak.

Rules:

* every sentence stands in ``web/translations/{language}.json``, under the same key in every language, with the
  same places to fill in (``tests/unit/web`` compares them); nothing is translated anywhere else;
* a key that is not there is a bug, and raises;
* no language is guessed finer than its first word: ``zh-TW`` reads our one Chinese text rather than English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from importlib.resources import files

from provenance.encoding import canonical


@unique
class Language(StrEnum):
    """A language pages are written in; the value is its tag (BCP 47) and the name of its file."""

    ENGLISH = "en"
    CHINESE = "zh-CN"


@dataclass(frozen=True, slots=True)
class Text:
    """The sentences of one language.

    >>> text_in(Language.ENGLISH)("place.number", number="9520101000019")
    'location 9520101000019'
    """

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence under a key, with its places filled in."""
        return self.sentences[key].format_map(values)

    def first(self, *keys: str) -> str:
        """The first of these sentences that there is: the most particular word comes first."""
        return next(self.sentences[key] for key in keys if key in self.sentences)

    def get(self, key: str) -> str | None:
        """The sentence under a key, or ``None`` where the text has no word for it."""
        return self.sentences.get(key)


def text_in(language: Language) -> Text:
    """The text in a language."""
    return _TEXTS[language]


def language_named(tag: str) -> Language | None:
    """The language that a tag asks for, or ``None`` if it is none of ours.

    >>> language_named("zh-Hant-TW"), language_named("EN"), language_named("fr")
    (<Language.CHINESE: 'zh-CN'>, <Language.ENGLISH: 'en'>, None)
    """
    wanted = tag.lower().partition("-")[0]
    return next((language for language in Language if language.partition("-")[0] == wanted), None)


def _read(language: Language) -> Text:
    data = files("web").joinpath("translations", f"{language}.json").read_bytes()
    sentences = canonical.parse_any(data)
    assert isinstance(sentences, dict)
    return Text(language, {key: str(sentence) for key, sentence in sentences.items()})


_TEXTS = {language: _read(language) for language in Language}
