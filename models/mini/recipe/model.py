"""A plain Llama and the Muon optimiser.

While training, the embedding output is multiplied by 4 (it lets the embedding stay small under tied weights); `folded`
moves that factor into the weights, so that what is exported is a Llama like any other. Positions are 0..n-1, padding on the
right; logits are computed only where the loss weight is above zero.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass
class Shape:
    vocab: int = 3072
    dim: int = 192
    layers: int = 4
    heads: int = 6
    kv_heads: int = 2
    ffn: int = 512
    context: int = 512
    theta: float = 10000.0
    eps: float = 1e-5
    scale: float = 4.0


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

    def hidden(self, ids: Tensor) -> Tensor:
        s, (n, t) = self.s, ids.shape
        hd, group = s.dim // s.heads, s.heads // s.kv_heads
        cos, sin = self.cos[:t], self.sin[:t]
        def rope(x: Tensor) -> Tensor:
            return x * cos + torch.cat([-x[..., hd // 2:], x[..., :hd // 2]], -1) * sin
        x = F.embedding(ids, self.embed) * s.scale
        for b in self.blocks:
            h = F.rms_norm(x, (s.dim,), b.norm1, s.eps)
            q = rope((h @ b.q.T).view(n, t, s.heads, hd).transpose(1, 2))
            k = rope((h @ b.k.T).view(n, t, s.kv_heads, hd).transpose(1, 2)).repeat_interleave(group, 1)
            v = (h @ b.v.T).view(n, t, s.kv_heads, hd).transpose(1, 2).repeat_interleave(group, 1)
            a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + a.transpose(1, 2).reshape(n, t, s.dim) @ b.o.T
            h = F.rms_norm(x, (s.dim,), b.norm2, s.eps)
            x = x + (F.silu(h @ b.gate.T) * (h @ b.up.T)) @ b.down.T
        return F.rms_norm(x, (s.dim,), self.norm, s.eps)

    def logits(self, ids: Tensor) -> Tensor:
        return self.hidden(ids) @ self.embed.T

    def loss(self, ids: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Weighted mean of the next-token loss, and for the log the loss and row of each counted position."""
        counted = weight[:, 1:] > 0
        w = weight[:, 1:][counted]
        total, each = HeadLoss.apply(self.hidden(ids[:, :-1])[counted], self.embed, ids[:, 1:][counted], w / w.sum())
        return total, each, counted.nonzero()[:, 0]


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
            x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
            for _ in range(5):
                a = x @ x.transpose(1, 2)
                x = torch.baddbmm(x, torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
            x = x.transpose(1, 2) if tall else x
            scale = max(1.0, x.shape[1] / x.shape[2]) ** .5
            for p, u in zip(ps, x):
                p.mul_(1 - lr * self.decay).add_(u, alpha=-lr * scale)
