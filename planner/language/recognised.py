"""Recognised sentences: English ones that were made deep below, said again in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.language.language import Language

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Sentences:
    """Sentences with places, such as ``stays with {who}``: the more particular before the more general."""

    texts: Sequence[str]

    def said(
        self, text: str, say: Language, told: Callable[[str, str], str] = lambda place, value: value
    ) -> str | None:
        """Return a text in a language, None where it is none of these sentences.

        ``told`` returns what fills a place in that language, given its name and what stands there in English.

        Examples
        --------
        >>> from planner.language import language
        >>> known = Sentences(("stays with {who}", "as proposed"))
        >>> known.said("stays with {Li}", language("zh")), known.said("gone", language("zh"))
        ('保留在 {Li}', None)
        """
        for sentence, pattern in self._patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                values = {place: told(place, value) for place, value in found.groupdict().items()}
                return say(sentence, **values) if values else say(sentence)
        return None

    def in_words(self, text: str, say: Language, told: Callable[[str, str], str] = lambda place, value: value) -> str:
        """Return a text in a language as :meth:`said` does; what is none of these sentences stays as it is."""
        said = None if say.code == "en" else self.said(text, say, told)
        return text if said is None else said

    def begins_with_a_place(self, text: str) -> bool:
        """Tell whether a text begins with what fills a place, such as a name."""
        found = next((sentence for sentence, pattern in self._patterns if pattern.fullmatch(text)), "")
        return found.startswith("{")

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        made = []
        for sentence in self.texts:
            parts = _PLACE.split(sentence)
            text = "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts))
            made.append((sentence, re.compile(text, re.DOTALL)))
        return tuple(made)
