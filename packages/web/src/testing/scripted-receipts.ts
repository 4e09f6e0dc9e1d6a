/** The receipts behind the scripted answers: one a way a call can go, with every field the page shows filled somewhere. */
import type { Attempt, PriceUsed, Receipt } from '@edgewise/evidence'
import { attemptOf, receiptOf } from '../../../evidence/src/testing/receipts.ts'

export type Way = 'device' | 'escalated' | 'rehearsed' | 'broken'

const onDevice: Attempt = attemptOf({ ms: 11.8, firstOutputMs: 8.41, inputTokens: 31, outputTokens: 11 })

/** Attempts by what became of them. */
export const attempts: Readonly<Record<'answered' | 'stopped' | 'rejected' | 'up' | 'unreachable', Attempt>> =
  {
    answered: onDevice,
    stopped: { ...onDevice, outcome: 'cancelled', note: 'the caller left' },
    rejected: { ...onDevice, outcome: 'rejected', note: 'mean log-probability −1.42 is below −0.60' },
    up: {
      ...onDevice,
      place: 'cloud',
      model: 'gpt-5-mini',
      startMs: 12.1,
      firstOutputMs: 389,
      ms: 812,
      tries: 2,
      costUsd: 0.0000412,
      bytesOut: 412,
    },
    unreachable: {
      ...onDevice,
      place: 'cloud',
      model: 'gpt-5-mini',
      outcome: 'failed',
      code: 'cloud_unavailable',
      note: 'the environment variable OPENAI_API_KEY is not set',
      firstOutputMs: null,
      inputTokens: null,
      outputTokens: null,
    },
  }

const price: PriceUsed = {
  model: 'gpt-5-mini',
  inputPerMTok: 0.25,
  cachedInputPerMTok: 0.025,
  outputPerMTok: 2,
  asOf: '2026-08-05',
  source: 'https://example.com/prices',
}

const named = (task: string): Receipt['path'][number] => ({
  rule: 'task',
  value: task,
  threshold: null,
  then: 'named by the caller',
})

const ways: Readonly<Record<Way, (task: string) => Partial<Receipt>>> = {
  device: (task) => ({
    why: 'the policy keeps this task on the device',
    path: [
      named(task),
      { rule: 'place', value: 'prefer-device', threshold: null, then: 'device, then cloud' },
      { rule: 'signal meanLogprob', value: -0.04, threshold: -0.6, then: 'passed' },
    ],
    attempts: [attempts.answered],
    signals: [{ name: 'meanLogprob', value: -0.04, threshold: -0.6, pass: true }],
    certificate: 'cert-intent-7',
    tokensPerSecond: task === 'complete' ? 1420 : null,
    avoidedUsd: 0.0000312,
    price,
  }),
  escalated: (task) => ({
    place: 'cloud',
    model: 'gpt-5-mini',
    why: 'the device answered first, but its signal was below the bar of this task',
    path: [
      named(task),
      { rule: 'budget', value: 0.41, threshold: 2, then: 'within the budget' },
      { rule: 'place', value: 'prefer-device', threshold: null, then: 'device, then cloud' },
      { rule: 'signal meanLogprob', value: -1.42, threshold: -0.6, then: 'did not pass' },
    ],
    attempts: [attempts.rejected, attempts.up],
    signals: [
      { name: 'meanLogprob', value: -1.42, threshold: -0.6, pass: false },
      { name: 'schema', value: 1, threshold: 1, pass: true },
      { name: 'length', value: 11, threshold: 40, pass: true },
    ],
    queueMs: 12.1,
    firstTokenMs: 401,
    totalMs: 824,
    inputTokens: 37,
    outputTokens: 16,
    tokens: {
      device: { input: 31, cached: 0, output: 11 },
      cloud: { input: 37, cached: 0, output: 16 },
    },
    tokensPerSecond: 61.2,
    costUsd: 0.0000412,
    avoidedUsd: 0,
    price,
    privacy: 'redacted',
    bytesOut: 412,
    sentDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    prepared: {
      redacted: { PERSON: 2, EMAIL_ADDRESS: 1 },
      nameRecall: { recall: 0.813, measuredOn: 'wnut17' },
      selected: { passages: 14, keptPassages: 3, tokens: 2210, keptTokens: 480 },
      compressed: null,
    },
  }),
  rehearsed: (task) => ({
    place: 'cloud',
    model: 'rehearsal-mini',
    why: 'the cloud was ready to answer first',
    path: [
      named(task),
      { rule: 'place', value: 'race', threshold: null, then: 'device and cloud at once' },
      {
        rule: 'hedge',
        value: 401,
        threshold: null,
        then: 'the cloud committed first, the device was stopped',
      },
    ],
    attempts: [
      { ...attempts.stopped, note: 'the cloud answered first', estimated: true },
      { ...attempts.up, model: 'rehearsal-mini', startMs: 0, tries: 1 },
    ],
    firstTokenMs: 401,
    totalMs: 812,
    tokensPerSecond: 61.2,
    costUsd: 0.0000412,
    price: { ...price, model: 'rehearsal-mini', asOf: null, source: null },
    bytesOut: 412,
    sentDigest: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    rehearsal: true,
  }),
  broken: (task) => ({
    place: null,
    model: null,
    why: 'the cloud could not be asked, and the policy keeps this task off the device',
    path: [named(task), { rule: 'place', value: 'cloud-only', threshold: null, then: 'cloud' }],
    attempts: [attempts.unreachable],
    firstTokenMs: null,
    outputTokens: null,
    costUsd: null,
    error: 'cloud_unavailable',
  }),
}

export function makeReceipt(task: string, way: Way): Receipt {
  return receiptOf({
    id: `rcpt_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`,
    at: new Date().toISOString(),
    task,
    firstTokenMs: 8.41,
    totalMs: 11.8,
    inputTokens: 31,
    cachedTokens: null,
    outputTokens: 11,
    ...ways[way](task),
  })
}
