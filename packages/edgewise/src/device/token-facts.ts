/** What the engine tells of a token, in the words of a device's text delta. */
import type { GeneratedToken } from '@edgewise/engine'
import type { TokenFacts } from './device-model.ts'

export type ToldToken = Pick<GeneratedToken, 'logprob'> & Partial<Pick<GeneratedToken, 'margin' | 'top'>>

/** JSON has no Infinity: the margin of a token that nothing else could stand for is left out. */
export function tokenFacts({ logprob, margin, top }: ToldToken): TokenFacts {
  return {
    logprob,
    ...(margin !== undefined && Number.isFinite(margin) && { margin }),
    ...(top && {
      topLogprobs: top.map(({ text, logprob, bytes }) => ({ token: text, logprob, bytes: [...bytes] })),
    }),
  }
}
