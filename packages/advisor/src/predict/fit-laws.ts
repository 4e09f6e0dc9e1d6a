/**
 * The effects of the four laws, from measurements that are sound. Decoding comes first: a prompt's time needs that of a token, and the
 * first token that of the prompt.
 */
import type { Measurement } from '../facts/types.ts'
import { type Case, type Effects, fitEffects, lawOf, noEffects, type Observed } from './effects.ts'
import { decodeCase, firstTokenCase, type LawName, laws, memoryCase, prefillCase } from './laws.ts'
import { isPromptCached, type Sound } from './left-out.ts'
import { startingCase, startingPromptCase, startingPrompts, startingValues } from './starting-values.ts'

export type Fits = Readonly<Record<LawName, Effects>>

export const lawNames: readonly LawName[] = ['decode', 'prefill', 'firstToken', 'memory']

/** `starting`: whether groups that no row is of begin from starting-values.ts. */
export function fitLaws(sound: readonly Sound[], starting: boolean): Fits {
  let fits: Fits = {
    decode: noEffects(laws.decode),
    prefill: noEffects(laws.prefill),
    firstToken: noEffects(laws.firstToken),
    memory: noEffects(laws.memory),
  }
  for (const law of lawNames) {
    const observed = sound.flatMap((one) => observedOf(law, one, fits) ?? [])
    if (law === 'decode' && starting) observed.push(...startsWithout(sound))
    if (law === 'prefill' && starting) observed.push(...startingPrompts.map(startingPromptCase))
    if (observed.length) fits = { ...fits, [law]: fitEffects(observed, laws[law]) }
  }
  return fits
}

function startsWithout(sound: readonly Sound[]): readonly Observed[] {
  const group = (runtime: string, backend: string, kind: string): string => `${runtime}/${backend}/${kind}`
  const there = new Set(
    sound
      .filter(({ row }) => row.decodeTps !== null)
      .map(({ traits }) => group(traits.runtime, traits.backend, traits.class)),
  )
  return startingValues
    .filter((start) => !there.has(group(start.runtime, start.backend, start.class)))
    .map(startingCase)
}

/** What llama-bench takes unless told otherwise. */
const USUAL_PROMPT = 512

/** Of the prompt a speed was measured with; where it is not stated, what its speed makes of the time to the first token. */
function promptLength({ promptTokens, prefillTps, firstTokenMs }: Measurement): number {
  const said = ((prefillTps ?? 0) * (firstTokenMs ?? 0)) / 1000
  return promptTokens ?? (said > 0 ? Math.max(1, Math.round(said)) : USUAL_PROMPT)
}

/**
 * What was measured as a law sees it, in seconds or bytes; null where the row does not have it. `promptSeconds`: what is said of its prompt,
 * where that is not what `fits` alone say.
 */
export function observedOf(
  law: LawName,
  one: Sound,
  fits: Fits,
  promptSeconds: number | null = null,
): Observed | null {
  const { row } = one
  const observed = (value: Case, seconds: number | null): Observed | null =>
    seconds !== null && seconds > 0 && Number.isFinite(seconds) ? { ...value, seconds } : null
  switch (law) {
    case 'decode':
      return observed(
        decodeCase(one.device, one.model, one.bytes, one.depth, one.traits),
        row.decodeTps === null ? null : 1 / row.decodeTps,
      )
    case 'prefill': {
      const tokens = promptLength(row)
      if (row.prefillTps === null || isPromptCached(one)) return null
      return observed(promptCase(one, tokens, fits), tokens / row.prefillTps)
    }
    case 'firstToken': {
      if (row.firstTokenMs === null || row.promptTokens === null || isPromptCached(one)) return null
      // Fitted to the prompt that was measured, where one was: what a call takes beside it is not mistaken for what was wrong with its time.
      const measured = row.prefillTps ? row.promptTokens / row.prefillTps : null
      const seconds =
        promptSeconds ??
        measured ??
        lawOf(fits.prefill, laws.prefill, promptCase(one, row.promptTokens, fits)).seconds
      return observed(firstTokenCase(seconds, one.traits), row.firstTokenMs / 1000)
    }
    case 'memory': {
      // A tenth of the file and less is not the memory of the process that holds it: mapped pages, or another unit.
      const own = row.peakBytes !== null && row.peakBytes > 0.1 * one.bytes.file
      return own
        ? observed(
            memoryCase(one.model, one.bytes, row.promptTokens ?? 0, row.outputTokens ?? 0, one.traits),
            row.peakBytes,
          )
        : null
    }
  }
}

export function promptCase({ device, model, bytes, traits }: Sound, tokens: number, fits: Fits): Case {
  const token = lawOf(fits.decode, laws.decode, decodeCase(device, model, bytes, tokens / 2, traits))
  return prefillCase(device, model, tokens, token.seconds, traits)
}
