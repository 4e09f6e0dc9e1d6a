/**
 * How long a replay takes and what memory it holds: a million synthetic items, made one at a time, through a policy of the router and
 * through the curve of a signal. Making the items is timed by itself and taken off.
 *
 *   npm run replay
 *   npm run replay -- 100000
 */
import { curve, replay, seededRandom, type TraceItem } from '@edgewise/evidence'
import { policyReplay } from 'edgewise'

const COUNT = Number(process.argv[2] ?? 1_000_000)
const pair = { device: 'small', cloud: 'large' }

function* items(): Generator<TraceItem> {
  const random = seededRandom(7)
  const bare = { quantisation: null, template: null }
  for (let i = 0; i < COUNT; i++) {
    const ease = random()
    const logprob = -2 * (1 - ease) * random()
    yield {
      id: String(i),
      task: 'synthetic',
      at: null,
      prompt: null,
      promptDigest: null,
      models: {
        small: {
          score: random() < 0.3 + 0.6 * ease ? 1 : 0,
          signals: { meanLogprob: logprob },
          inputTokens: 100,
          outputTokens: 20,
          costUsd: 0,
          latencyMs: 50 + 200 * random(),
          ...bare,
        },
        large: {
          score: random() < 0.93 ? 1 : 0,
          signals: {},
          inputTokens: 100,
          outputTokens: 20,
          costUsd: 1e-4 * (1 + random()),
          latencyMs: 400 + 800 * random(),
          ...bare,
        },
      },
    }
  }
}

let peak = 0

/** The items, with a look at the memory now and then. */
function* watched(): Generator<TraceItem> {
  let seen = 0
  for (const item of items()) {
    if (seen++ % 10_000 === 0) peak = Math.max(peak, process.memoryUsage().rss)
    yield item
  }
}

async function timed<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  console.log(`${what.padEnd(34)}${((performance.now() - start) / 1000).toFixed(2)} s`)
  return result
}

const policy = policyReplay(
  {
    version: 1,
    tasks: {},
    default: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -0.3 }] },
  },
  { pair, rule: 'default' },
)

const before = process.memoryUsage().rss
await timed(`${COUNT.toLocaleString('en')} items made`, () => {
  for (const _ of watched());
})
const made = peak
const replayed = await timed('made and replayed', () => replay(watched(), { pair, policy }))
const afterReplay = peak
const curved = await timed('made, and the curve of the signal', () =>
  curve(watched(), { pair, signal: 'meanLogprob' }),
)
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
console.log(
  `resident: ${mib(before)} at the start, at most ${mib(made)} while items were made, ${mib(afterReplay)} with the replay, ${mib(peak)} with the curve`,
)
console.log(
  `quality ${replayed.policy.quality!.value.toFixed(4)}, bill cut ${replayed.policy.billCut!.value.toFixed(4)}, AUROC ${curved.auroc!.value.toFixed(4)}`,
)
