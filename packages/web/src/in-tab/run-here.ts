/**
 * Runs a task on the embedded model where this code runs, and writes the receipt the gateway would have written: the
 * same shape, the same units. There is no policy and no price here, so nothing is judged and nothing counts as avoided.
 */
import type { Attempt, Receipt } from '@edgewise/evidence'
import type { Mini, RunResult } from '@edgewise/mini'
import type { CallRequest, Outcome } from '../call.ts'
import { type Problem, problemOf } from '../problem.ts'

const why = 'you chose this tab: the model runs in your browser, and no server sees the text'

/** A call on `mini`. Never throws: what goes wrong is in the outcome and on the receipt. */
export async function runHere(
  mini: Mini,
  { task, text, onText, signal }: CallRequest,
  newId: () => string = () => crypto.randomUUID(),
): Promise<Outcome> {
  const at = new Date().toISOString()
  const start = performance.now()
  let firstTokenMs: number | null = null
  let lastTokenMs: number | null = null
  let answer = ''
  let result: RunResult | null = null
  let problem: Problem | null = null
  try {
    const run = mini.run(task, text, { signal })
    for (let step = await run.next(); ; step = await run.next()) {
      if (step.done) {
        result = step.value
        break
      }
      lastTokenMs = performance.now() - start
      firstTokenMs ??= lastTokenMs
      answer += step.value.text
      if (step.value.text !== '') onText(step.value.text)
    }
  } catch (thrown) {
    problem = problemOf(thrown)
  }
  const totalMs = performance.now() - start
  const tokens = {
    inputTokens: result?.promptTokens ?? null,
    cachedTokens: result?.cachedTokens ?? null,
    outputTokens: result?.completionTokens ?? null,
  }
  const stopped = problem?.code === 'aborted'
  const attempt: Attempt = {
    place: 'device',
    model: mini.modelId,
    outcome: stopped ? 'cancelled' : problem ? 'failed' : 'answered',
    code: stopped ? null : (problem?.code ?? null),
    note: problem?.message ?? '',
    startMs: 0,
    firstOutputMs: firstTokenMs,
    ms: totalMs,
    tries: 1,
    ...tokens,
    costUsd: 0,
    estimated: false,
    bytesOut: 0,
  }
  const receipt: Receipt = {
    id: newId(),
    at,
    task,
    taskFrom: 'caller',
    user: null,
    place: problem ? null : 'device',
    model: problem ? null : mini.modelId,
    why,
    path: [{ rule: 'place', value: 'in this tab', threshold: null, then: 'you chose it on the page' }],
    attempts: [attempt],
    signals: result ? [{ name: 'meanLogprob', value: result.meanLogprob, threshold: null, pass: null }] : [],
    certificate: null,
    cache: null,
    queueMs: null,
    firstTokenMs,
    totalMs,
    ...tokens,
    tokens: {
      device: { input: tokens.inputTokens, cached: tokens.cachedTokens, output: tokens.outputTokens },
      cloud: { input: null, cached: null, output: null },
    },
    tokensPerSecond: speed(tokens.outputTokens, firstTokenMs, lastTokenMs),
    costUsd: 0,
    avoidedUsd: null,
    price: null,
    privacy: 'nothing-leaves',
    bytesOut: 0,
    sentDigest: null,
    prepared: { redacted: null, nameRecall: null, selected: null, compressed: null },
    deviceEnergyJ: null,
    rehearsal: false,
    error: problem?.code ?? null,
  }
  return { text: answer, data: result?.data, receipt, problem }
}

/** Tokens after the first, per second between the first and the last; null where one piece was the whole answer. */
function speed(tokens: number | null, firstMs: number | null, lastMs: number | null): number | null {
  if (tokens === null || firstMs === null || lastMs === null || lastMs <= firstMs) return null
  return ((tokens - 1) * 1000) / (lastMs - firstMs)
}
