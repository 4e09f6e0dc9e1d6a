/**
 * Milliseconds that `edgewise()` adds to a call in the same process, device and cloud faked, beside asking the fake:
 *   cd bench && npm install --no-save && npm run gateway:in-process [-- --rounds=10 --calls=2000]
 */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { memoryLedger } from '@edgewise/evidence'
import { edgewise } from 'edgewise'
import type { Load } from '../speed/machine/load.ts'
import { say } from '../speed/progress.ts'
import { table } from '../speed/tables.ts'
import { number } from './arguments.ts'
import { fakeDevice } from './fake-device.ts'
import { inTurns, origin } from './in-turns.ts'

const rounds = number('rounds', 10)
const calls = number('calls', 2000)

const fake = fakeDevice(-0.1)
const model = edgewise({
  policy: {
    version: 1,
    tasks: {
      device: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -1 }] },
      cloud: { place: 'cloud-only' },
    },
    default: { place: 'cloud-only' },
  },
  device: fake,
  cloud: fake,
  ledger: memoryLedger(),
})()

const callOf = (task?: string): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'Write thirty-two words about the harbour.' }] }],
  ...(task === undefined ? {} : { providerOptions: { edgewise: { task } } }),
})

const ways: Record<
  string,
  (model: LanguageModelV4, call: LanguageModelV4CallOptions) => PromiseLike<unknown>
> = {
  'whole answer': (asked, call) => asked.doGenerate(call),
  'stream, first word': async (asked, call) => {
    const reader = (await asked.doStream(call)).stream.getReader()
    for (;;) {
      const { value } = await reader.read()
      if (value?.type !== 'text-delta') continue
      // The rest of it is not timed, but read: a cancelled call is another kind of call.
      return async () => {
        while (!(await reader.read()).done);
      }
    }
  },
  'stream, to its end': async (asked, call) => {
    for await (const part of (await asked.doStream(call)).stream) if (part.type === 'error') throw part.error
  },
}

async function round(
  way: (typeof ways)[string],
  asked: LanguageModelV4,
  call: LanguageModelV4CallOptions,
): Promise<number[]> {
  const taken: number[] = []
  for (let turn = 0; turn < calls; turn++) {
    const start = performance.now()
    const rest = await way(asked, call)
    taken.push(performance.now() - start)
    if (typeof rest === 'function') await rest()
  }
  return taken
}

const lines: string[][] = []
const loads: Load[] = []
let quiet = true
for (const [name, way] of Object.entries(ways)) {
  const samples = await inTurns(
    name,
    {
      direct: () => round(way, fake, callOf()),
      device: () => round(way, model, callOf('device')),
      cloud: () => round(way, model, callOf('cloud')),
    },
    rounds,
  )
  const at = (who: 'direct' | 'device' | 'cloud'): number[] =>
    [0.5, 0.99].map((share) => samples.of(who, share))
  const base = at('direct')
  const added = (who: 'device' | 'cloud'): string =>
    at(who)
      .map((value, index) => `+${(value - base[index]!).toFixed(3)}`)
      .join(' / ')
  lines.push([name, base.map((value) => value.toFixed(3)).join(' / '), added('device'), added('cloud')])
  loads.push(samples.load)
  quiet &&= samples.isQuiet
}

console.log(`${table(['ms, p50 / p99', 'the fake alone', 'edgewise() adds, on the device, checked', 'edgewise() adds, in the cloud'], lines)}

${origin(`npm run gateway:in-process -- --rounds=${rounds} --calls=${calls}`, loads)}`)
if (!quiet) {
  say('the machine was not quiet: these figures compare nothing')
  process.exitCode = 1
}
