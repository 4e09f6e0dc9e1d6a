/**
 * Certificates on the public traces: over many draws the promise is broken in at most delta of them, and where the calls change, the
 * monitor says so before much harm is done. The traces lie beside the project.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { certifiedReplay, certify, judgedItem, seededRandom, type TraceItem } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { openTrace } from './open-trace.ts'

const folder = fileURLToPath(new URL('../../../../shared/traces/zellinger-cascades', import.meta.url))
const absent = existsSync(folder) ? '' : ' (skipped: shared/traces is not beside the project)'

const options = {
  signal: 'meanLogprob',
  claim: { kind: 'harm', alpha: 0.05 },
  delta: 0.1,
  issuedAt: '2026-01-01T00:00:00.000Z',
} as const

/** As one task, whatever the set. */
async function load(set: string, device: string): Promise<TraceItem[]> {
  const items: TraceItem[] = []
  for await (const item of openTrace(`${folder}/${set}.outcomes.csv.gz`)) {
    const models = [device, 'gpt-4o'].map((name) => [name, { ...item.models[name]!, template: null }])
    const one = { ...item, task: 'one', models: Object.fromEntries(models) }
    if (judgedItem(one, { device, cloud: 'gpt-4o' })) items.push(one)
  }
  return items
}

function harmUnder(items: readonly TraceItem[], device: string, threshold: number | null): number {
  let harm = 0
  for (const item of items) {
    const { device: own, cloud } = judgedItem(item, { device, cloud: 'gpt-4o' })!
    if (threshold !== null && own.signals.meanLogprob! >= threshold)
      harm += Math.max(0, cloud.score - own.score)
  }
  return harm / items.length
}

const DRAWS = 200
/** Of 200 with probability 0.1: more come in one of a thousand cases. */
const MOST = 34

describe.skipIf(absent !== '')(`the public traces${absent}`, () => {
  test.each([
    ['triviaqa_test', 'llama3.1-8b'],
    ['triviaqa_test', 'llama3.2-3b'],
    ['triviaqa_test', 'llama3.2-1b'],
    ['mmlu_test', 'llama3.1-8b'],
    ['mmlu_test', 'llama3.2-3b'],
    ['mmlu_test', 'gpt-4o-mini'],
    ['gsm8k_train', 'llama3.2-3b'],
  ])(
    '%s, %s: broken in at most a tenth of the draws, a fit without confidence in far more',
    async (set, device) => {
      const items = await load(set, device)
      const pair = { device, cloud: 'gpt-4o' }
      const random = seededRandom(7)
      const broken = { certified: 0, naive: 0 }
      for (let draw = 0; draw < DRAWS; draw++) {
        const drawn = Array.from({ length: Math.min(600, items.length) }, (_, i) => ({
          ...items[Math.floor(random() * items.length)]!,
          id: String(i),
        }))
        const certified = await certify(drawn, { ...options, pair })
        const threshold = certified.kind === 'refused' ? null : certified.certificate.bar!.threshold
        if (harmUnder(items, device, threshold) > 0.05) broken.certified++
        if (harmUnder(items, device, certified.seen.naive.threshold) > 0.05) broken.naive++
      }
      expect(broken.certified).toBeLessThanOrEqual(MOST)
      expect(broken.naive).toBeGreaterThan(0.25 * DRAWS)
    },
  )

  test.each([
    ['triviaqa_train', 'mmlu_test', 'llama3.2-1b'],
    ['triviaqa_train', 'mmlu_test', 'gpt-4o-mini'],
    ['mmlu_train', 'triviaqa_test', 'llama3.2-3b'],
    ['mmlu_train', 'triviaqa_test', 'llama3.1-8b'],
    ['gsm8k_train', 'mmlu_test', 'llama3.2-3b'],
    ['gsm8k_train', 'triviaqa_test', 'llama3.2-3b'],
  ])(
    'proven on %s, run on %s, %s: broken if nobody watched, and kept by the monitor',
    async (from, to, device) => {
      const certified = await certify(await load(from, device), {
        ...options,
        pair: { device, cloud: 'gpt-4o' },
      })
      if (certified.kind === 'refused') throw new Error(certified.why)
      const items = await load(to, device)
      expect(harmUnder(items, device, certified.certificate.bar!.threshold)).toBeGreaterThan(0.05)
      // Even without a single audit.
      const policy = certifiedReplay(certified.certificate, { audited: 0 })
      const kept = items.filter((item) => policy.decide(item).place === 'device')
      expect(policy.fell).toMatchObject({ kind: 'signal' })
      expect((harmUnder(kept, device, Number.NEGATIVE_INFINITY) * kept.length) / items.length).toBeLessThan(
        0.02,
      )
    },
  )
})
