/**
 * The pre-tokenizers: how text is cut into units that no token crosses, by the name in `tokenizer.ggml.pre`.
 * The units of a text always join to the text again. The expressions are those of llama.cpp (llama-vocab.cpp);
 * \p{White_Space} is what \s means there, JavaScript's own \s differs at U+0085 and U+FEFF.
 */
import { UnsupportedError } from '../errors.ts'

const gpt2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

const digitsOrRest = /\p{N}|\P{N}+/gu

const preTokenizers: Record<string, (text: string) => string[]> = {
  'gpt-2': (text) => text.match(gpt2) ?? [],
  smollm: (text) => (text.match(digitsOrRest) ?? []).flatMap((part) => part.match(gpt2) ?? []),
}

/** The function that cuts text into units. Throws UnsupportedError for a name this engine does not have. */
export function preTokenizer(name: string): (text: string) => string[] {
  const found = Object.hasOwn(preTokenizers, name) ? preTokenizers[name] : undefined
  if (found) return found
  const known = Object.keys(preTokenizers).join(', ')
  throw new UnsupportedError(`the pre-tokenizer ${JSON.stringify(name)} is not supported; known are ${known}`)
}
