"""The token layout of protocol.md: from an example to (ids, loss weights).

Weights: 0 on the wrapper and on the source of fix, redact and copy; .25 on the source of intent and json; 1 on every
decision (markers, first token of a word), .2 on the rest of a copied word; 2 on an intent label; 1 on both sides of complete.
A span marker stands between units (pieces of the pre-tokenizer); an opening one comes before the white space of its span.
"""
from __future__ import annotations

from tokenizers import Tokenizer

Example = tuple[list[int], list[float]]
Spans = list[tuple[str, int, int]]


class Codec:
    """Text to units and ids. Text is trimmed and gets exactly one space in front."""

    def __init__(self, tokenizer: Tokenizer):
        self.tok = tokenizer
        self.cache: dict[str, list[int]] = {}
        self.special = lambda name: tokenizer.token_to_id(name)
        nl = self.ids_of("\n")
        self.head = [self.special("<|im_start|>"), *self.ids_of("user\n")]
        self.mid = [self.special("<|im_end|>"), *nl, self.special("<|im_start|>"), *self.ids_of("assistant\n")]
        self.end = self.special("<|im_end|>")
        self.close, self.fix, self.to = (self.special(x) for x in ("</>", "<fix>", "<to>"))

    def pieces(self, text: str) -> list[tuple[int, int, list[int]]]:
        """(start, end, ids) of each unit of `text` as it stands."""
        out = []
        for piece, (a, b) in self.tok.pre_tokenizer.pre_tokenize_str(text):
            ids = self.cache.get(piece)
            if ids is None:
                ids = [t.id for t in self.tok.model.tokenize(piece)]
                if len(self.cache) < 400_000:
                    self.cache[piece] = ids
            out.append((a, b, ids))
        return out

    def ids_of(self, text: str) -> list[int]:
        return [i for _, _, ids in self.pieces(text) for i in ids]

    def units(self, text: str) -> list[tuple[int, int, list[int]]]:
        """Units of " " + text.strip(), offsets counted in the stripped text (the first unit starts at -1)."""
        return [(a - 1, b - 1, ids) for a, b, ids in self.pieces(" " + text.strip())]


def flat(units: list) -> list[int]:
    return [i for _, _, ids in units for i in ids]


def copy_weights(ids: list[int], spaced: bool) -> list[float]:
    return [1.0 if spaced else .5] + [.2] * (len(ids) - 1)


def wrap(codec: Codec, task: str, source: list[int], source_weight: float, target: list[int], weights: list[float],
         end_weight: float = 1.0) -> Example:
    head = codec.head + [codec.special(f"<|{task}|>")]
    ids = head + source + codec.mid + target + [codec.end]
    w = [0.0] * len(head) + [source_weight] * len(source) + [0.0] * len(codec.mid) + weights + [end_weight]
    return ids, w


def align(text: str, units: list, spans: Spans) -> list[tuple[str, int, int]]:
    """Character spans to unit ranges [first, last), the white space before a span belonging to it."""
    out = []
    for name, a, b in spans:
        inside = [i for i, (ua, ub, _) in enumerate(units) if ub > a and ua < b and text[max(ua, 0):ub].strip()]
        if not inside:
            continue
        first = inside[0]
        while first > 0 and not text[max(units[first - 1][0], 0):units[first - 1][1]].strip():
            first -= 1
        if out and first < out[-1][2]:
            continue
        out.append((name, first, inside[-1] + 1))
    return out


def tagged(codec: Codec, text: str, units: list, spans: Spans, prefix: str) -> tuple[list[int], list[float]]:
    """The source again with `<prefix:NAME> words </>` around each span."""
    ids: list[int] = []
    w: list[float] = []
    opens = {first: (name, last) for name, first, last in align(text, units, spans)}
    stop = -1
    for i, (a, b, piece) in enumerate(units):
        if i == stop:
            ids.append(codec.close)
            w.append(1.0)
        if i in opens:
            name, stop = opens[i]
            ids.append(codec.special(f"<{prefix}:{name}>"))
            w.append(1.0)
        ids += piece
        w += copy_weights(piece, a < 0 or text[a].isspace())
    if stop == len(units):
        ids.append(codec.close)
        w.append(1.0)
    return ids, w


def intent(codec: Codec, text: str, label: str) -> Example:
    return wrap(codec, "intent", flat(codec.units(text)), .25, [codec.special(f"<intent:{label}>")], [2.0], .2)


def json_slots(codec: Codec, text: str, label: str, slots: Spans) -> Example:
    units = codec.units(text)
    ids, w = tagged(codec, text, units, slots, "slot")
    return wrap(codec, "json", flat(units), .25, [codec.special(f"<snips:{label}>")] + ids, [1.0] + w)


def redact(codec: Codec, text: str, spans: Spans) -> Example:
    units = codec.units(text)
    ids, w = tagged(codec, text, units, spans, "pii")
    return wrap(codec, "redact", flat(units), 0.0, ids, w)


def fix(codec: Codec, noisy: str, edits: list[tuple[int, int, str]]) -> Example | None:
    """edits: (start, end, right text) over the stripped noisy text. None if an edit does not fall on unit bounds."""
    text = noisy.strip()
    units = codec.units(text)
    starts = {first: (last, e) for e, (_, first, last) in
              zip(edits, align(text, units, [("x", a, b) for a, b, _ in edits]))}
    if len(starts) != len(edits):
        return None
    ids: list[int] = []
    w: list[float] = []
    stop, right = -1, ""
    for i, (a, b, piece) in enumerate(units + [(len(text), len(text), [])]):
        if i == stop:
            new = codec.ids_of(" " + right.strip())
            ids += [codec.to, *new, codec.close]
            w += [1.0] * (len(new) + 2)
        if i in starts:
            stop, (ea, eb, right) = starts[i]
            if units[stop - 1][1] != eb or text[max(a, 0):ea].strip():
                return None
            ids.append(codec.fix)
            w.append(1.0)
        ids += piece
        w += copy_weights(piece, a < 0 or text[a].isspace()) if piece else []
    return wrap(codec, "fix", flat(units), 0.0, ids, w)


def complete(codec: Codec, text: str, at: float) -> Example | None:
    """Cut a window at the word boundary nearest to the fraction `at`; both sides are language modelling."""
    units = codec.units(text)
    stripped = text.strip()
    cuts = [i for i, (a, b, _) in enumerate(units) if i > 0 and b - a > 1 and stripped[a] == " "]
    if not cuts:
        return None
    cut = min(cuts, key=lambda i: abs(i - at * len(units)))
    source, target = flat(units[:cut]), flat(units[cut:])
    ids, w = wrap(codec, "complete", source, 1.0, target, [1.0] * len(target), 0.0)
    return ids, w


def copying(codec: Codec, words: str) -> Example:
    """Warm-up: any words, repeated."""
    units = codec.units(words)
    return wrap(codec, "copy", flat(units), 0.0, flat(units), [1.0] * len(flat(units)))
