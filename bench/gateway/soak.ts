/**
 * Many streams at once through our gateway, for a while: none lost, none mixed up, memory flat.
 *   cd bench && npm install --no-save && npm run soak [-- --seconds=60 --warm-up=30 --streams=500 --token-ms=50]
 * Cloud, gateway and clients are three processes on this machine. Every call says a word nobody else says; its stream must
 * be the rehearsal's answer to that word, to the letter, with a finish and [DONE]. Exit status 1 when one is not, or when
 * the gateway's memory grows after the warm-up, in which V8 takes what it thinks it will need.
 */
import { randomBytes } from 'node:crypto'
import { describeMachine } from '../speed/machine/processes.ts'
import { note, say } from '../speed/progress.ts'
import { table } from '../speed/tables.ts'
import { number } from './arguments.ts'
import { agent, send, type Target, textOfStream } from './client.ts'
import { slope } from './slope.ts'
import { startScript } from './start.ts'

const seconds = number('seconds', 60)
const warmUp = number('warm-up', 30)
const streams = number('streams', 500)
const tokenMs = number('token-ms', 50)
/** Growth over the seconds after the warm-up, as a share of the mean, that counts as flat. */
const FLAT = 0.05

await using cloud = await startScript('soak-cloud.ts', String(tokenMs))
await using gateway = await startScript('ours.ts', `http://127.0.0.1:${cloud.port}/v1`)
const target: Target = { name: 'Edgewise', port: gateway.port, headers: { 'x-edgewise-task': 'cloud' } }

const answerTo = (word: string): string =>
  `You are ${word}. ${`Still ${word}. `.repeat(4)}And that was ${word}.`

let whole = 0
let frames = 0
const bad = new Map<string, number>()
const words = new Set<string>()

async function one(word: string): Promise<void> {
  const body = JSON.stringify({
    model: 'edgewise',
    stream: true,
    messages: [{ role: 'user', content: word }],
  })
  try {
    const text = await send(target, body, () => {})
    frames += text.split('\n\n').length - 1
    const said = textOfStream(text)
    if (said === answerTo(word)) whole++
    else count([...words].some((other) => other !== word && said.includes(other)) ? 'mixed up' : 'altered')
  } catch (error) {
    count(`lost: ${(error as Error).message.slice(0, 120)}`)
  }
}

function count(what: string): void {
  bad.set(what, (bad.get(what) ?? 0) + 1)
}

const end = performance.now() + 1000 * (warmUp + seconds)
const start = performance.now()

async function client(number: number): Promise<void> {
  for (let turn = 0; performance.now() < end; turn++) {
    const word = `w${number}x${turn}x${randomBytes(6).toString('hex')}`
    words.add(word)
    await one(word)
    words.delete(word)
  }
}

interface Sample {
  /** Seconds from the start. */
  readonly at: number
  readonly rss: number
  readonly heap: number
}

const memory: Sample[] = []
const sampling = setInterval(async () => {
  const { rss, heapUsed } = await gateway.memory()
  memory.push({ at: (performance.now() - start) / 1000, rss: rss / 1e6, heap: heapUsed / 1e6 })
  note(`${memory.length} s: ${whole} streams, ${bad.size} kinds of bad ones, ${(rss / 1e6).toFixed(0)} MB`)
}, 1000)
await Promise.all(Array.from({ length: streams }, (_, index) => client(index)))
clearInterval(sampling)
const took = (performance.now() - start) / 1000
agent.destroy()

// The last calls end one by one; memory is judged while all run.
const steady = memory.filter(({ at }) => at > warmUp && at <= warmUp + seconds)
const mean = steady.reduce((sum, { rss }) => sum + rss, 0) / steady.length
const perSecond = slope(steady.map(({ at, rss }) => [at, rss]))
const growth = (perSecond * seconds) / mean
const lost = [...bad.values()].reduce((sum, times) => sum + times, 0)

/** What `figure` makes of each tenth of the run. */
const tenths = (figure: (samples: readonly Sample[]) => number): string =>
  Array.from({ length: 10 }, (_, index) => {
    const [from, to] = [index, index + 1].map((tenth) => Math.floor((tenth * memory.length) / 10))
    return from === to ? '-' : figure(memory.slice(from, to)).toFixed(0)
  }).join(' ')

console.log(`${table(
  ['', ''],
  [
    ['streams at once', String(streams)],
    ['whole, right to the letter', String(whole)],
    ['lost, altered or mixed up', String(lost)],
    ['streams a second', (whole / took).toFixed(0)],
    ['frames a second', (frames / took).toFixed(0)],
    ["the gateway's memory, MB, by tenths", tenths((samples) => Math.max(...samples.map(({ rss }) => rss)))],
    ['least of its heap in use, MB', tenths((samples) => Math.min(...samples.map(({ heap }) => heap)))],
    ['growth of its memory', `${perSecond.toFixed(2)} MB/s, ${(100 * growth).toFixed(1)} % in ${seconds} s`],
  ],
)}

\`npm run soak -- --seconds=${seconds} --warm-up=${warmUp} --streams=${streams} --token-ms=${tokenMs}\`: ${describeMachine()}; cloud and clients on the same processors.`)
for (const [what, times] of bad) say(`${times} x ${what}`)
if (!(growth <= FLAT)) say(`memory grew by more than ${100 * FLAT} %`)
if (lost > 0 || !(growth <= FLAT)) process.exitCode = 1
