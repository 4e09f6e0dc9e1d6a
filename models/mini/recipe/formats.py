"""The token layout of protocol.md: from an example to ids and what is to be said at which place.

Tasks that choose (intent, json, redact, fix) are read in one pass in which every token sees all others: `<|task|> text <|im_end|>`.
What the whole text is, is said at place 0; what a unit (a piece of the pre-tokenizer's split) is, at its first token. `complete` is
read from left to right like any chat.
"""
from __future__ import annotations

from dataclasses import dataclass, field

from tokenizers import Tokenizer

Spans = list[tuple[str, int, int]]
LONGEST = 128  # tokens of one two-way pass


@dataclass
class Example:
    """`whole`: the class at place 0 (or None), `soft`: probabilities of all classes there; `places` and `tags`: classes of units."""
    ids: list[int]
    whole: int | None = None
    soft: object = None
    places: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


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
        names = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size()) if tokenizer.id_to_token(i).startswith("<")]
        of = lambda kind: [n[len(kind) + 2:-1] for n in names if n.startswith(f"<{kind}:")]
        self.labels, self.intents, self.slots, self.types = of("intent"), of("snips"), of("slot"), of("pii")
        self.classes = {
            "intent": [self.special(f"<intent:{n}>") for n in self.labels],
            "snips": [self.special(f"<snips:{n}>") for n in self.intents],
            "json": self.tag_ids("slot", self.slots), "redact": self.tag_ids("pii", self.types),
            "fix": [self.special(n) for n in ("<none>", "<wrong>", "<join>")]}

    def tag_ids(self, kind: str, names: list[str]) -> list[int]:
        """None, then the beginnings, then the insides."""
        return [self.special("<none>")] + [self.special(f"<{k}:{n}>") for k in (kind, kind + "+") for n in names]

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


def blank(text: str, unit: tuple) -> bool:
    return not text[max(unit[0], 0):unit[1]].strip()


def align(text: str, units: list, spans: Spans) -> list[tuple[str, list[int]]]:
    """Each character span as the numbers of the units that lie in it, blank ones left out."""
    out, last = [], -1
    for name, a, b in spans:
        inside = [i for i, u in enumerate(units) if u[1] > a and u[0] < b and not blank(text, u) and i > last]
        if inside:
            out.append((name, inside))
            last = inside[-1]
    return out


def read(codec: Codec, task: str, text: str, units: list) -> tuple[list[int], dict[int, int]]:
    """The ids of a two-way pass, and the place of each unit that is not blank."""
    ids, places = [codec.special(f"<|{task}|>")], {}
    for i, u in enumerate(units):
        if not blank(text, u):
            places[i] = len(ids)
        ids += u[2]
    return ids + [codec.end], places


def intent(codec: Codec, text: str, label: str, soft=None) -> Example:
    text = text.strip()
    return Example(read(codec, "intent", text, codec.units(text))[0], codec.labels.index(label), soft)


def tagged(codec: Codec, task: str, names: list[str], text: str, spans: Spans, whole: int | None) -> Example:
    units = codec.units(text)
    ids, places = read(codec, task, text, units)
    tags = dict.fromkeys(places, 0)
    for name, inside in align(text, units, spans):
        for k, i in enumerate(inside):
            tags[i] = 1 + names.index(name) + (len(names) if k else 0)
    return Example(ids, whole, None, list(places.values()), list(tags.values()), [1.0] * len(tags))


def json_slots(codec: Codec, text: str, label: str, slots: Spans) -> Example:
    return tagged(codec, "json", codec.slots, text, slots, codec.intents.index(label))


def redact(codec: Codec, text: str, spans: Spans, unknown: list[tuple[int, int]] = ()) -> Example:
    """What lies in `unknown` may be a name or not: no loss is taken there."""
    out = tagged(codec, "redact", codec.types, text.strip(), spans, None)
    if unknown:
        units = [u for u in codec.units(text) if not blank(text.strip(), u)]
        out.weights = [float(not any(b > start and a < end for start, end in unknown)) for a, b, _ in units]
    return out


def fix(codec: Codec, noisy: str, edits: list[tuple[int, int, str]]) -> Example:
    """edits: (start, end, right text) over the stripped noisy text. The first unit of a wrong span says so; its other units say nothing."""
    text = noisy.strip()
    units = codec.units(text)
    ids, places = read(codec, "fix", text, units)
    tags, weights = dict.fromkeys(places, 0), dict.fromkeys(places, 1.0)
    for n, inside in align(text, units, [(n, a, b) for n, (a, b, _) in enumerate(edits)]):
        a, b, right = edits[n]
        join = len(right.split()) < len(text[a:b].split()) and not any(c.isdigit() for c in right)
        for k, i in enumerate(inside):
            tags[i], weights[i] = (2 if join else 1, 1.0) if k == 0 else (0, 0.0)
    return Example(ids, None, None, list(places.values()), list(tags.values()), list(weights.values()))


def complete(codec: Codec, text: str, at: float) -> list[int] | None:
    """One turn each, cut at the word boundary nearest to the fraction `at`: both sides are language modelling."""
    units = codec.units(text)
    stripped = text.strip()
    cuts = [i for i, (a, b, _) in enumerate(units) if i > 0 and b - a > 1 and stripped[a] == " "]
    if not cuts:
        return None
    cut = min(cuts, key=lambda i: abs(i - at * len(units)))
    return codec.head + [codec.special("<|complete|>")] + flat(units[:cut]) + codec.mid + flat(units[cut:]) + [codec.end]
