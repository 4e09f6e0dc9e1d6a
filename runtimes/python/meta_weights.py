"""A Llama folder of Hugging Face -> what ExecuTorch's exporter reads: weights under Meta's names, params.json, export.yaml.

    python meta_weights.py HF_FOLDER OUT_FOLDER
"""

import json
import sys

import torch
from safetensors.torch import load_file

folder, out = sys.argv[1:]
config = json.load(open(f"{folder}/config.json"))

names = {
    "self_attn.q_proj": "attention.wq",
    "self_attn.k_proj": "attention.wk",
    "self_attn.v_proj": "attention.wv",
    "self_attn.o_proj": "attention.wo",
    "mlp.gate_proj": "feed_forward.w1",
    "mlp.down_proj": "feed_forward.w2",
    "mlp.up_proj": "feed_forward.w3",
    "input_layernorm": "attention_norm",
    "post_attention_layernorm": "ffn_norm",
}

weights = {}
for name, value in load_file(f"{folder}/model.safetensors").items():
    if name == "model.embed_tokens.weight":
        weights["tok_embeddings.weight"] = value
        weights["output.weight"] = value.clone()
    elif name == "model.norm.weight":
        weights["norm.weight"] = value
    else:
        _, _, layer, rest = name.split(".", 3)
        weights[f"layers.{layer}.{names[rest.removesuffix('.weight')]}.weight"] = value
torch.save(weights, f"{out}/weights.pth")

params = {
    "dim": config["hidden_size"],
    "hidden_dim": config["intermediate_size"],
    "n_layers": config["num_hidden_layers"],
    "n_heads": config["num_attention_heads"],
    "n_kv_heads": config["num_key_value_heads"],
    "head_dim": config["head_dim"],
    "norm_eps": config["rms_norm_eps"],
    "rope_theta": config["rope_theta"],
    "vocab_size": config["vocab_size"],
    "use_scaled_rope": False,
    # The order of rotary pairs that the folder has.
    "use_hf_rope": True,
    "attention_qkv_bias": False,
}
json.dump(params, open(f"{out}/params.json", "w"))

# Without extended_ops a model of floats is left to the plain kernels.
open(f"{out}/export.yaml", "w").write(f"""\
base:
  model_class: llama3_2
  checkpoint: {out}/weights.pth
  params: {out}/params.json
  metadata: '{{"get_bos_id":0,"get_eos_ids":[{config["eos_token_id"]}]}}'
model: {{use_kv_cache: True, use_sdpa_with_kv_cache: True, enable_dynamic_shape: True, dtype_override: fp32}}
export: {{max_seq_length: 256, max_context_length: {config["max_position_embeddings"]}, output_dir: "{out}", output_name: edgewise.pte}}
backend: {{xnnpack: {{enabled: True, extended_ops: True}}}}
""")
