/**
 * Milliseconds a gateway adds to a call, ours beside Portkey's on the same stub cloud, in turns:
 *   cd bench && npm install --no-save && npm run gateway [-- --rounds=10 --calls=200]
 * Each server is a process of its own on 127.0.0.1. A figure is the percentile through the gateway minus the percentile
 * straight to the stub. On a machine that was not quiet the exit status is 1.
 */
import type { Load } from '../speed/machine/load.ts'
import { say } from '../speed/progress.ts'
import { table } from '../speed/tables.ts'
import { number } from './arguments.ts'
import { agent, type Target, type Timing, timeCall } from './client.ts'
import { inTurns, origin, type Samples } from './in-turns.ts'
import { portkeyHeaders, startPortkey, startScript } from './start.ts'

const rounds = number('rounds', 10)
const calls = number('calls', 200)
const SHARES = [0.5, 0.99] as const

await using stub = await startScript('stub.ts')
await using ours = await startScript('ours.ts', `http://127.0.0.1:${stub.port}/v1`)
await using portkey = await startPortkey()

const edgewise = (task: string): Target => ({
  name: `Edgewise, ${task}`,
  port: ours.port,
  headers: { 'x-edgewise-task': task },
})
const targets = {
  direct: { name: 'stub alone', port: stub.port, headers: {} },
  cloud: edgewise('cloud'),
  portkey: { name: 'Portkey', port: portkey.port, headers: portkeyHeaders(stub) },
  escalate: edgewise('escalate'),
  device: edgewise('device'),
} satisfies Record<string, Target>
type Name = keyof typeof targets

/** The milliseconds of one round's calls. */
async function round(
  target: Target,
  stream: boolean,
  concurrency: number,
  what: keyof Timing,
): Promise<number[]> {
  const taken: number[] = []
  let left = calls
  const worker = async (): Promise<void> => {
    while (left-- > 0) taken.push((await timeCall(target, stream))[what])
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return taken
}

function measure(
  label: string,
  stream: boolean,
  concurrency: number,
  what: keyof Timing,
): Promise<Samples<Name>> {
  const turn = (name: Name) => () => round(targets[name], stream, concurrency, what)
  const [direct, cloud, portkey, escalate, device] = (Object.keys(targets) as Name[]).map(turn)
  return inTurns(
    label,
    { direct: direct!, cloud: cloud!, portkey: portkey!, escalate: escalate!, device: device! },
    rounds,
  )
}

const pair = (values: readonly number[], sign = ''): string =>
  values.map((value) => `${sign && value >= 0 ? sign : ''}${value.toFixed(2)}`).join(' / ')

// V8 goes on optimising for some thousand calls; nobody is timed meanwhile.
for (const target of Object.values(targets))
  for (const stream of [false, true])
    for (let turn = 0; turn < 10; turn++) await round(target, stream, 10, 'ms')

const lines: string[][] = []
const loads: Load[] = []
let quiet = true
for (const concurrency of [1, 10])
  for (const [kind, stream, what] of [
    ['whole answer', false, 'ms'],
    ['stream, first word', true, 'firstMs'],
    ['stream, to its end', true, 'ms'],
  ] as const) {
    const label = `${kind}, ${concurrency === 1 ? 'one at a time' : `${concurrency} at once`}`
    const samples = await measure(label, stream, concurrency, what)
    const at = (name: Name): number[] => SHARES.map((share) => samples.of(name, share))
    const base = at('direct')
    const added = (name: Name): string =>
      pair(
        at(name).map((value, index) => value - base[index]!),
        '+',
      )
    lines.push([label, pair(base), added('cloud'), added('portkey'), added('escalate'), pair(at('device'))])
    loads.push(samples.load)
    quiet &&= samples.isQuiet
  }
agent.destroy()

const head = [
  'ms, p50 / p99',
  'the stub alone',
  'Edgewise adds',
  'Portkey adds',
  'Edgewise adds, escalated',
  'Edgewise, all on the device',
]
console.log(`${table(head, lines)}

Portkey waits 25 ms before the first chunk of a stream, on purpose; \`escalated\` asked a faked device first.
${origin(`npm run gateway -- --rounds=${rounds} --calls=${calls}`, loads)}`)
if (!quiet) {
  say('the machine was not quiet: these figures compare nothing')
  process.exitCode = 1
}
