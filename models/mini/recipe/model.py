"""A plain Llama, read from left to right or both ways, and the Muon optimiser.

While training, the embedding output is multiplied by 4 (it lets the embedding stay small under tied weights); `folded`
moves that factor into the weights, so that what is exported is a Llama like any other. Positions are 0..n-1, padding on the
right. Of a two-way pass only the classes of its task are scored, and only at the places that have one.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass
class Shape:
    vocab: int = 4096
    dim: int = 256
    layers: int = 4
    heads: int = 8
    kv_heads: int = 4
    ffn: int = 768
    context: int = 512
    theta: float = 10000.0
    eps: float = 1e-5
    scale: float = 4.0
    dropout: float = .1


class HeadLoss(torch.autograd.Function):
    """Output layer and cross entropy in slices that stay in the cache; the gradients are made on the way forward."""

    @staticmethod
    def forward(ctx, h: Tensor, embed: Tensor, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        dh, de, each = torch.empty_like(h), torch.zeros_like(embed), torch.empty(len(h))
        for a in range(0, len(h), 192):
            x, y = h[a:a + 192], target[a:a + 192, None]
            p = torch.softmax(x @ embed.T, 1)
            each[a:a + 192] = -p.gather(1, y)[:, 0].clamp_min(1e-30).log()
            p.scatter_add_(1, y, -torch.ones_like(y, dtype=p.dtype)).mul_(weight[a:a + 192, None])
            torch.mm(p, embed, out=dh[a:a + 192])
            de.addmm_(p.T, x)
        ctx.save_for_backward(dh, de)
        ctx.mark_non_differentiable(each)
        return (each * weight).sum(), each

    @staticmethod
    def backward(ctx, grad: Tensor, _: Tensor):
        dh, de = ctx.saved_tensors
        return dh * grad, de * grad, None, None


class Layer(nn.Module):
    def __init__(self, s: Shape):
        super().__init__()
        hd = s.dim // s.heads
        def matrix(out: int, inp: int, gain: float) -> nn.Parameter:
            return nn.Parameter(torch.randn(out, inp) * gain / inp ** .5)
        deep = (2 * s.layers) ** -.5
        self.q, self.k = matrix(s.dim, s.dim, .7), matrix(s.kv_heads * hd, s.dim, .7)
        self.v, self.o = matrix(s.kv_heads * hd, s.dim, .7), matrix(s.dim, s.dim, deep)
        self.gate, self.up = matrix(s.ffn, s.dim, .7), matrix(s.ffn, s.dim, .7)
        self.down = matrix(s.dim, s.ffn, deep)
        self.norm1, self.norm2 = nn.Parameter(torch.ones(s.dim)), nn.Parameter(torch.ones(s.dim))


class Llama(nn.Module):
    def __init__(self, s: Shape):
        super().__init__()
        self.s = s
        self.embed = nn.Parameter(torch.randn(s.vocab, s.dim) * .02)
        self.blocks = nn.ModuleList(Layer(s) for _ in range(s.layers))
        self.norm = nn.Parameter(torch.ones(s.dim))
        hd = s.dim // s.heads
        angle = torch.outer(torch.arange(s.context).float(), s.theta ** (-torch.arange(0, hd, 2).float() / hd))
        self.register_buffer("cos", torch.cat([angle, angle], 1).cos(), persistent=False)
        self.register_buffer("sin", torch.cat([angle, angle], 1).sin(), persistent=False)

    def hidden(self, ids: Tensor, both_ways: bool) -> Tensor:
        """States [n, t, dim], normalised. Dropout only while training, and only in two-way passes."""
        s, (n, t) = self.s, ids.shape
        hd, group = s.dim // s.heads, s.heads // s.kv_heads
        cos, sin = self.cos[:t], self.sin[:t]
        unseen = (ids == 0)[:, None, None, :] if both_ways else torch.ones(t, t, dtype=torch.bool).triu(1)
        mask = torch.zeros(unseen.shape).masked_fill(unseen, -1e4)
        p = s.dropout if both_ways and self.training else 0.0
        def rope(x: Tensor) -> Tensor:
            return x * cos + torch.cat([-x[..., hd // 2:], x[..., :hd // 2]], -1) * sin
        def drop(x: Tensor) -> Tensor:
            return F.dropout(x, p) if p else x
        x = drop(F.embedding(ids, self.embed) * s.scale)
        for b in self.blocks:
            h = F.rms_norm(x, (s.dim,), b.norm1, s.eps)
            q = rope((h @ b.q.T).view(n, t, s.heads, hd).transpose(1, 2))
            k = rope((h @ b.k.T).view(n, t, s.kv_heads, hd).transpose(1, 2)).repeat_interleave(group, 1)
            v = (h @ b.v.T).view(n, t, s.kv_heads, hd).transpose(1, 2).repeat_interleave(group, 1)
            with torch.autocast("cpu", enabled=False):  # for short sequences several times as fast as torch's own attention
                a = torch.softmax(q.float() @ k.float().transpose(2, 3) * hd ** -.5 + mask, -1) @ v.float()
            x = x + drop(a.transpose(1, 2).reshape(n, t, s.dim) @ b.o.T)
            h = F.rms_norm(x, (s.dim,), b.norm2, s.eps)
            x = x + drop((F.silu(h @ b.gate.T) * (h @ b.up.T)) @ b.down.T)
        return F.rms_norm(x, (s.dim,), self.norm, s.eps)

    def logits(self, ids: Tensor, both_ways: bool = False) -> Tensor:
        return self.hidden(ids, both_ways) @ self.embed.T

    def text_loss(self, ids: Tensor) -> Tensor:
        """Mean of -ln p of each token but the first, read from left to right; padding does not count."""
        target = ids[:, 1:]
        counted = target != 0
        y = target[counted]
        h = self.hidden(ids[:, :-1], False)[counted]
        with torch.autocast("cpu", enabled=False):
            total, _ = HeadLoss.apply(h.float(), self.embed, y, torch.full((len(y),), 1 / len(y)))
        return total

    def class_loss(self, states: Tensor, classes: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Mean of -ln p of `target` (numbers of classes, or probabilities of all) among `classes` (token ids)."""
        each = F.cross_entropy((states @ self.embed[classes].T).float(), target, reduction="none")
        return each.mean() if weight is None else (each * weight).sum() / weight.sum()


def folded(model: Llama) -> dict[str, Tensor]:
    """Hugging Face names and plain Llama weights with identical logits."""
    s = model.s
    out = {"model.embed_tokens.weight": model.embed * s.scale, "model.norm.weight": model.norm / s.scale}
    for i, b in enumerate(model.blocks):
        at = f"model.layers.{i}."
        for name, w in (("q", b.q), ("k", b.k), ("v", b.v), ("o", b.o)):
            out[f"{at}self_attn.{name}_proj.weight"] = w
        for name, w in (("gate", b.gate), ("up", b.up), ("down", b.down)):
            out[f"{at}mlp.{name}_proj.weight"] = w
        out[at + "input_layernorm.weight"], out[at + "post_attention_layernorm.weight"] = b.norm1, b.norm2
    return {k: v.detach().float().contiguous().clone() for k, v in out.items()}


def save(path: str, model: Llama, **more) -> None:
    torch.save({"shape": asdict(model.s), "weights": model.state_dict(), **more}, path)


def load(path: str) -> tuple[Llama, dict]:
    data = torch.load(path, map_location="cpu", weights_only=True)
    model = Llama(Shape(**data["shape"]))
    model.load_state_dict(data["weights"])
    return model, data


class Muon:
    """Momentum .95 (Nesterov), five Newton-Schulz steps on stacks of equal shape, scale sqrt(max(1, out/in))."""

    def __init__(self, params: list[Tensor], decay: float = .05):
        groups: dict[tuple, list[Tensor]] = {}
        for p in params:
            groups.setdefault(tuple(p.shape), []).append(p)
        self.groups = [(ps, torch.zeros(len(ps), *shape)) for shape, ps in groups.items()]
        self.decay = decay

    @torch.no_grad()
    def step(self, lr: float) -> None:
        for ps, buf in self.groups:
            g = torch.stack([p.grad for p in ps])
            buf.lerp_(g, .05)
            x = g.lerp_(buf, .95)
            tall = x.shape[1] > x.shape[2]
            x = x.transpose(1, 2) if tall else x
            x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
            for _ in range(5):
                a = x @ x.transpose(1, 2)
                x = torch.baddbmm(x, torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
            x = (x.transpose(1, 2) if tall else x).float()
            scale = max(1.0, x.shape[1] / x.shape[2]) ** .5
            for p, u in zip(ps, x):
                p.mul_(1 - lr * self.decay).add_(u, alpha=-lr * scale)
