/** A policy over recorded outcomes, before it is switched on: no model, no key, no network. Beside it, what it has to beat. */
import { curve, replay, standingOf, type TraceItem } from '@edgewise/evidence'
import { parseTraceLine } from '@edgewise/traces'
import { parsePolicy, policyReplay } from 'edgewise'

// As your evaluation has them: 200 questions, of which the device model knows the easy half, and mostly knows that; wrong, it rambles.
function* items(): Generator<TraceItem> {
  for (let i = 0; i < 200; i++) {
    const isEasy = i % 2 === 0
    const isSure = i % 10 === (isEasy ? 4 : 5) ? !isEasy : isEasy
    const small = {
      correct: isEasy,
      signals: { meanLogprob: isSure ? -0.1 : -1 },
      outputTokens: isEasy ? 4 : 30,
      latencyMs: 40,
    }
    const large = { correct: i % 20 !== 0, costUsd: 0.001, latencyMs: 500 }
    yield parseTraceLine(JSON.stringify({ id: `${i}`, task: 'qa', models: { small, large } }), {
      file: 'mine',
    })
  }
}

const policy = parsePolicy(
  `version: 1
tasks:
  qa:
    place: prefer-device
    escalate: [{ signal: meanLogprob, threshold: -0.5 }, { signal: length, threshold: 12 }]
default: { place: cloud-only }`,
  'policy.yaml',
)

const pair = { device: 'small', cloud: 'large' }
const result = await replay(items(), { pair, policy: policyReplay(policy, { pair }) })

const percent = (share: number | undefined): string => `${(100 * share!).toFixed(1)} %`
const { quality, billCut, harm, latencyMs } = result.policy
console.log(
  `quality ${percent(quality?.value)}, bill cut ${percent(billCut?.value)}, harm ${percent(harm?.value)}`,
)
console.log(`a random mix at that cost: quality ${percent(result.baselines.randomMix.quality?.value)}`)
console.log(`half of the answers within ${latencyMs.p50?.value.toFixed(0)} ms`)
console.log(standingOf(result).sentence)

const { auroc, area } = await curve(items(), { pair, signal: 'meanLogprob' })
console.log(`AUROC ${auroc?.value.toFixed(2)}, area ${area?.value.toFixed(2)}`)

// Prints:
// quality 100.0 %, bill cut 40.0 %, harm 0.0 %
// a random mix at that cost: quality 77.0 %
// half of the answers within 538 ms
// The policy wins: of all that costs no more, the plain bar, meanLogprob >= -0.1, comes closest, and it leads that by 10.0 points (6.0 to 14.0) of quality.
// AUROC 0.80, area 0.58
