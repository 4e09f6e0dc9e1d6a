/**
 * Names of tensors in Hugging Face's checkpoints, by those of GGUF: what llama.cpp's converter (gguf-py, tensor_mapping.py) does, the other way round,
 * for the families this engine has.
 */

/** Modules of a layer that are matrices in all families. */
export const layerMatrices: Readonly<Record<string, string>> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}
const layerNorms: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  ffn_norm: 'post_attention_layernorm',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
}
/** Gemma normalises after a part, too, and calls what others call so by another name. */
const gemmaNorms: Readonly<Record<string, string>> = {
  ...layerNorms,
  post_attention_norm: 'post_attention_layernorm',
  ffn_norm: 'pre_feedforward_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
}
const others: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
}

/** The name a checkpoint has for a tensor of GGUF's; undefined where it has none, as for rope_freqs.weight. */
export function checkpointName(architecture: string, tensor: string): string | undefined {
  if (Object.hasOwn(others, tensor)) return others[tensor]
  const [, layer, part, kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(tensor) ?? []
  if (part === undefined) return undefined
  const modules = { ...layerMatrices, ...(architecture === 'gemma3' ? gemmaNorms : layerNorms) }
  return Object.hasOwn(modules, part) ? `model.layers.${layer}.${modules[part]}.${kind}` : undefined
}
