import type { Attempt, Receipt } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { formatReceipt } from './format-receipt.ts'

const attempt: Attempt = {
  place: 'device',
  model: 'edgewise-mini',
  outcome: 'answered',
  code: null,
  note: '',
  startMs: 0.1,
  firstOutputMs: 7.1,
  ms: 41.2,
  tries: 1,
  inputTokens: 24,
  cachedTokens: 0,
  outputTokens: 3,
  costUsd: 0,
  estimated: false,
  bytesOut: 0,
}

const price = {
  model: 'gpt-5-nano',
  inputPerMTok: 0.05,
  cachedInputPerMTok: 0.05,
  outputPerMTok: 0.4,
  asOf: '2026-08-05',
  source: null,
}

const receipt: Receipt = {
  id: 'rcp_abcdefghijklmnopqrstuvwx',
  at: '2026-01-01T00:00:00.000Z',
  task: 'intent',
  taskFrom: 'caller',
  user: null,
  place: 'device',
  model: 'edgewise-mini',
  why: 'the policy prefers the device; its answer passed the check (mean logprob -0.12, the bar is -0.70)',
  path: [],
  attempts: [attempt],
  signals: [{ name: 'meanLogprob', value: -0.12, threshold: -0.7, pass: true }],
  certificate: null,
  cache: null,
  queueMs: 0.2,
  firstTokenMs: 7.25,
  totalMs: 41.6,
  inputTokens: 24,
  cachedTokens: 0,
  outputTokens: 3,
  tokens: {
    device: { input: 24, cached: 0, output: 3 },
    cloud: { input: 0, cached: 0, output: 0 },
  },
  tokensPerSecond: 91.43,
  costUsd: 0,
  avoidedUsd: 0.0000024,
  price,
  privacy: 'anything',
  bytesOut: 0,
  sentDigest: null,
  prepared: { redacted: null, nameRecall: null, selected: null, compressed: null },
  deviceEnergyJ: null,
  rehearsal: false,
  error: null,
}

test('an answer from the device', () => {
  expect(formatReceipt(receipt)).toMatchInlineSnapshot(`
    "intent    rcp_abcdefghijklmnopqrstuvwx
    place     device · edgewise-mini
    why       the policy prefers the device; its answer passed the check (mean logprob -0.12, the
              bar is -0.70)
    check     mean logprob -0.12, over the bar of -0.70
    speed     first output 7.3 ms · total 42 ms · 91.4 tokens/s · 24 tokens in, 3 out
    cost      $0 · $0.0000024 avoided (price of gpt-5-nano, 2026-08-05)
    sent      nothing left this device"
  `)
})

test('tokens of the prompt that needed no running', () => {
  expect(formatReceipt({ ...receipt, cachedTokens: 20 })).toContain('24 tokens in (20 cached), 3 out')
})

test('an escalation', () => {
  const escalated: Receipt = {
    ...receipt,
    place: 'cloud',
    model: 'gpt-5-nano',
    why: 'the policy prefers the device; its answer did not pass the check (mean logprob -0.91, the bar is -0.70), so the cloud was asked',
    signals: [{ name: 'meanLogprob', value: -0.91, threshold: -0.7, pass: false }],
    attempts: [
      { ...attempt, outcome: 'rejected', note: 'mean logprob -0.91, the bar is -0.70' },
      {
        ...attempt,
        place: 'cloud',
        model: 'gpt-5-nano',
        ms: 12_345,
        costUsd: 0.00213,
        bytesOut: 812,
      },
    ],
    totalMs: 12_390,
    costUsd: 0.00213,
    avoidedUsd: 0,
    bytesOut: 812,
  }
  expect(formatReceipt(escalated)).toMatchInlineSnapshot(`
    "intent    rcp_abcdefghijklmnopqrstuvwx
    place     cloud · gpt-5-nano
    why       the policy prefers the device; its answer did not pass the check (mean logprob -0.91,
              the bar is -0.70), so the cloud was asked
    check     mean logprob -0.91, under the bar of -0.70
    speed     first output 7.3 ms · total 12.4 s · 91.4 tokens/s · 24 tokens in, 3 out
    cost      $0.0021
    sent      812 bytes
    tries     device edgewise-mini · rejected after 41 ms · mean logprob -0.91, the bar is -0.70
              cloud gpt-5-nano · answered after 12.3 s"
  `)
})

test('a failure, with what is unknown', () => {
  const failed: Receipt = {
    ...receipt,
    task: 'a-task-with-a-long-name',
    place: null,
    model: null,
    why: 'the policy sends this task to the cloud; the cloud failed (HTTP 500)',
    attempts: [],
    signals: [],
    firstTokenMs: null,
    tokensPerSecond: null,
    inputTokens: null,
    cachedTokens: null,
    outputTokens: null,
    costUsd: null,
    avoidedUsd: null,
    bytesOut: 12_345,
    error: 'cloud_failed',
  }
  expect(formatReceipt(failed)).toMatchInlineSnapshot(`
    "a-task-with-a-long-name  rcp_abcdefghijklmnopqrstuvwx
    place                    none
    why                      the policy sends this task to the cloud; the cloud failed (HTTP 500)
    error                    cloud_failed
    speed                    total 42 ms
    cost                     unknown (the cloud has no price in the policy, or reported no tokens)
    sent                     12.3 kB"
  `)
})

test('the avoided cost names the price it is at, and a lost race shows what it cost', () => {
  expect(formatReceipt({ ...receipt, price: { ...price, model: 'my-model', asOf: null } })).toContain(
    '$0.0000024 avoided (price of my-model)',
  )
  const raced: Receipt = {
    ...receipt,
    attempts: [
      attempt,
      {
        ...attempt,
        place: 'cloud',
        model: 'gpt-5-nano',
        outcome: 'cancelled',
        note: 'the device answered first',
        tries: 2,
        costUsd: 0.0001,
        estimated: true,
      },
    ],
    costUsd: 0.0001,
    avoidedUsd: -0.00009,
  }
  expect(formatReceipt(raced)).toContain(
    '$0.00010 · $0.000090 more than the cloud alone (price of gpt-5-nano',
  )
  expect(formatReceipt(raced).replace(/\s+/g, ' ')).toContain(
    'sent 2 times · the device answered first · about $0.00010',
  )
})

test('a rehearsal says so, and what left is named by its digest and its placeholders', () => {
  const text = formatReceipt({
    ...receipt,
    rehearsal: true,
    costUsd: 0.002,
    bytesOut: 812,
    sentDigest: '0123456789abcdef'.repeat(4),
    certificate: 'c1',
    prepared: {
      redacted: { EMAIL_ADDRESS: 1, PERSON: 2 },
      nameRecall: null,
      selected: { passages: 9, keptPassages: 2, tokens: 900, keptTokens: 200 },
      compressed: { tokens: 200, keptTokens: 150 },
    },
  })
  expect(text).toMatch(/^rehearsal {2}the cloud was a rehearsal/m)
  expect(text).toMatch(/^cost +\$0.0020 rehearsed/m)
  expect(text).toMatch(/^proof +certificate c1$/m)
  expect(text.replace(/\s+/g, ' ')).toContain(
    '812 bytes · sha256 0123456789ab… · redacted: 1 EMAIL_ADDRESS, 2 PERSON · 2 of 9 passages · 150 of 200 tokens',
  )
})

test('no control character reaches the terminal', () => {
  const hostile = { ...receipt, model: 'm\u001b[2J\r\n\u009b' }
  expect(formatReceipt(hostile)).not.toMatch(/[^\P{Cc}\n]/u)
  expect(formatReceipt(hostile).split('\n')).toHaveLength(formatReceipt(receipt).split('\n').length)
})
