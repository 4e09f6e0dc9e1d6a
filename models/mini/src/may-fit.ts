/** Whether a text can fit a model, asked before it is tokenized. */
import { ContextLengthError, type Model } from '@edgewise/engine'
import type { Protocol } from './protocol.ts'

/** Throws ContextLengthError when `text` cannot fit `model` whatever its tokens are. */
export function mayFit(model: Model, protocol: Protocol, text: string): void {
  const fewest = protocol.fewestTokens(text)
  if (fewest > model.contextLength) throw new ContextLengthError(fewest, model.contextLength)
}
