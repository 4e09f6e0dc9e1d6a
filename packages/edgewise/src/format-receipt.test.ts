import type { Receipt } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { defaultPolicy } from './default-policy.ts'
import { formatReceipt } from './format-receipt.ts'

const receipt: Receipt = {
  id: 'rcp_abcdefghijklmnopqrstuvwx',
  at: '2026-01-01T00:00:00.000Z',
  task: 'intent',
  place: 'device',
  model: 'edgewise-mini',
  why: 'the policy prefers the device; its answer passed the check (mean logprob -0.12, the bar is -0.70)',
  attempts: [
    {
      place: 'device',
      model: 'edgewise-mini',
      outcome: 'answered',
      note: '',
      ms: 41.2,
      inputTokens: 24,
      cachedTokens: 0,
      outputTokens: 3,
      costUsd: 0,
      bytesOut: 0,
    },
  ],
  signal: { name: 'meanLogprob', value: -0.12, threshold: -0.7 },
  firstTokenMs: 7.25,
  totalMs: 41.6,
  inputTokens: 24,
  cachedTokens: 0,
  outputTokens: 3,
  tokensPerSecond: 91.43,
  costUsd: 0,
  avoidedUsd: 0.0000024,
  bytesOut: 0,
  error: null,
}

test('an answer from the device', () => {
  expect(formatReceipt(receipt, defaultPolicy)).toMatchInlineSnapshot(`
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
    signal: { name: 'meanLogprob', value: -0.91, threshold: -0.7 },
    attempts: [
      { ...receipt.attempts[0]!, outcome: 'rejected', note: 'mean logprob -0.91, the bar is -0.70' },
      {
        ...receipt.attempts[0]!,
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
  expect(formatReceipt(escalated, defaultPolicy)).toMatchInlineSnapshot(`
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
    signal: null,
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

test('the avoided cost names the price it is at', () => {
  const cloud = { baseURL: 'http://h/v1', model: 'my-model', price: { inputPerMTok: 1, outputPerMTok: 1 } }
  expect(formatReceipt(receipt, { ...defaultPolicy, cloud })).toContain(
    '$0.0000024 avoided (price of my-model)',
  )
  expect(formatReceipt(receipt)).toContain('$0.0000024 avoided\n')
})

test('no control character reaches the terminal', () => {
  const hostile = { ...receipt, model: 'm\u001b[2J\r\n\u009b' }
  expect(formatReceipt(hostile)).not.toMatch(/[^\P{Cc}\n]/u)
  expect(formatReceipt(hostile).split('\n')).toHaveLength(formatReceipt(receipt).split('\n').length)
})
