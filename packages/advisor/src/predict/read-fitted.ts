/**
 * A fit as it is kept: the levels of a factor are lines of `name value variance; name value variance`, of which a name may hold
 * spaces. A fit of other factors than those of laws.ts is refused, with a plain Error: they were changed after it.
 */
import type { Effect } from './effects.ts'
import type { Fitted } from './fit.ts'
import { type LawName, laws } from './laws.ts'

export interface KeptLaw {
  readonly noise: number
  readonly factors: readonly {
    readonly name: string
    readonly spread: number
    readonly levels: readonly string[]
  }[]
}

interface Kept extends Omit<Fitted, 'laws'> {
  readonly laws: Readonly<Record<LawName, KeptLaw>>
}

export function readFitted(kept: Kept): Fitted {
  const law = (name: LawName): Fitted['laws'][LawName] => {
    const { noise, factors } = kept.laws[name]
    if (factors.map((factor) => factor.name).join() !== laws[name].map((factor) => factor.name).join())
      throw new Error(`the fit of ${name} has other factors than its law: fit again (npm run advisor:fit)`)
    return {
      noise,
      factors: factors.map(({ spread, levels }) => ({
        spread,
        levels: Object.fromEntries(levels.flatMap((line) => line.split('; ').map(readLevel))),
      })),
    }
  }
  return {
    ...kept,
    laws: {
      decode: law('decode'),
      prefill: law('prefill'),
      firstToken: law('firstToken'),
      memory: law('memory'),
    },
  }
}

function readLevel(level: string): readonly [string, Effect] {
  const parts = level.split(' ')
  const variance = Number(parts.pop())
  const value = Number(parts.pop())
  return [parts.join(' '), { value, variance }]
}
