/** What goes up after it was prepared, through `edgewise()`: what the cloud hears, what the caller and the receipt hear. */
import type { NameFinder } from '@edgewise/redact'
import { describe, expect, test } from 'vitest'
import type { EdgewiseOptions } from '../host.ts'
import type { Rule } from '../policy/index.ts'
import { certificateOf } from '../testing/certificates.ts'
import { prompt } from '../testing/models.ts'
import { call, cloudAnswer, setup } from '../testing/router-setup.ts'

const names: NameFinder = { id: 'none', recall: null, find: async () => [] }
const filler = (about: string): string =>
  `${`The ${about} of the house was painted in the year it was built. `.repeat(6)}\n\n`
const needed = 'The key of the cellar lies under the third flowerpot.\n\n'
const long = filler('door') + filler('roof') + needed + filler('gate').repeat(9)
const asked = call({ prompt: prompt(`${long}Where is the key of the cellar?`) })

async function heard(rule: Rule, options: Partial<EdgewiseOptions> = {}) {
  const cloud = cloudAnswer()
  const { model, receipts } = setup({ rule, cloud, options: { names, ...options } })
  await model.doGenerate(asked)
  const [{ prompt: sent }] = cloud.calls as [(typeof cloud.calls)[number]]
  return { sent: JSON.stringify(sent), receipt: receipts[0]! }
}

describe('select', () => {
  test('what the question does not need stays, and the receipt counts it', async () => {
    const { sent, receipt } = await heard({ place: 'cloud-only', select: { maxTokens: 60 } })
    expect(sent).toContain('third flowerpot')
    expect(sent).not.toContain('The gate of the house')
    const { selected } = receipt.prepared
    expect(selected!.keptTokens).toBeLessThanOrEqual(60)
    expect(selected!.keptPassages).toBeLessThan(selected!.passages)
    // What was not sent was not bought.
    expect(receipt.avoidedUsd!).toBeCloseTo((selected!.tokens - selected!.keptTokens) / 1e6, 12)
  })

  test('by a score of the host’s own, after BM25', async () => {
    let scored = 0
    const passages = {
      score: async (_: string, texts: readonly string[]) => {
        scored += texts.length
        return texts.map(() => 0)
      },
    }
    await heard({ place: 'cloud-only', select: { maxTokens: 60 } }, { passages })
    expect(scored).toBeGreaterThan(0)
  })
})

describe('compress', () => {
  const rule: Rule = { place: 'cloud-only', compress: { keep: 0.5, certificate: 'c1' } }
  /** All words are as likely. */
  const scorer = {
    tokens: async (text: string) =>
      [...text.matchAll(/\S+\s*|\s+/g)].map(({ index, 0: word }) => ({
        start: index,
        end: index + word.length,
        logprob: -1,
      })),
  }

  test('is off without its certificate, and for another task', async () => {
    const bar = { signal: 'meanLogprob', threshold: -1, combination: null }
    const others = [
      certificateOf({ id: 'c1', task: 'other', bar: null }),
      certificateOf({ id: 'c2', bar: null }),
      certificateOf({ id: 'c1', bar }),
    ]
    for (const certificates of [undefined, [], ...others.map((certificate) => [certificate])]) {
      const { sent, receipt } = await heard(rule, { scorer, ...(certificates && { certificates }) })
      expect(sent).toContain('painted in the year it was built')
      expect(receipt.prepared.compressed).toBeNull()
    }
  })

  test('with it, less goes up', async () => {
    const { sent, receipt } = await heard(rule, {
      scorer,
      certificates: [certificateOf({ id: 'c1', bar: null })],
    })
    expect(sent.length).toBeLessThan(long.length * 0.8)
    expect(sent).toContain('Where is the key of the cellar?')
    const { compressed } = receipt.prepared
    expect(compressed!.keptTokens).toBeLessThan(compressed!.tokens)
  })
})

test('the steps in order: selected, then redacted, and a name that was left out is not counted', async () => {
  const finder: NameFinder = {
    id: 'test',
    recall: { recall: 0.5, measuredOn: 'a test' },
    find: async (text) =>
      [...text.matchAll(/flowerpot|gate/g)].map(({ index, 0: found }) => ({
        type: 'PERSON',
        start: index,
        end: index + found.length,
      })),
  }
  const { sent, receipt } = await heard(
    { place: 'cloud-only', privacy: 'redacted', select: { maxTokens: 60 } },
    { names: finder },
  )
  expect(sent).toContain('third [PERSON_1]')
  expect(receipt.prepared).toMatchObject({
    redacted: { PERSON: 1 },
    nameRecall: { recall: 0.5, measuredOn: 'a test' },
  })
})
