/** `edgewise rehearse`: a cloud on this machine that costs nothing, to see, show and test the whole path without a key. */
import { readFile } from 'node:fs/promises'
import {
  type FaultName,
  faultNames,
  namedFaults,
  parseScript,
  type Rehearsal,
  RehearsalError,
  type RehearsalOptions,
  type RehearsalPrice,
  startRehearsal,
} from '@edgewise/rehearsal'
import { Command, InvalidArgumentError, Option } from 'commander'
import { playDemo } from '../rehearsal-demo.ts'
import { bold, dim } from '../show.ts'

interface RehearseOptions {
  readonly host: string
  readonly port: number
  readonly firstTokenMs: number
  readonly tokenMs: number
  readonly jitter: number
  readonly seed: number
  readonly price: RehearsalPrice
  readonly script?: string
  readonly fault?: FaultName
  readonly record?: string
  readonly out: string
  readonly demo?: boolean
}

export function rehearseCommand(): Command {
  return new Command('rehearse')
    .description('a rehearsal cloud: an OpenAI-compatible server with set pace, price, answers and faults')
    .option('--host <address>', 'address to listen on; it has no key', '127.0.0.1')
    .option('--port <number>', 'port to listen on, 0 for a free one', whole(65_535), 8790)
    .option('--first-token-ms <ms>', 'time to the first token', whole(3_600_000), 250)
    .option('--token-ms <ms>', 'time from one token to the next', whole(3_600_000), 15)
    .option('--jitter <share>', 'by which these differ, 0 to 1', share, 0.2)
    .option('--seed <number>', 'of the jitter', whole(2 ** 32 - 1), 1)
    .addOption(
      new Option('--price <in,out>', 'US dollars per million tokens, for show')
        .argParser(price)
        .default({ inputPerMTok: 1, outputPerMTok: 4 }, '1,4'),
    )
    .option('--script <file>', 'answers and faults to play, JSON (docs/rehearsal.md)')
    .addOption(new Option('--fault <name>', 'what goes wrong with every call').choices(faultNames))
    .option('--record <url>', 'pass calls on to this OpenAI-compatible API and write its answers to a script')
    .option('--out <file>', 'with --record: the script to write; it must not exist', 'rehearsal.json')
    .option('--demo', 'play the whole path once: device, escalation, hedge, redaction, a cloud that is down')
    .addHelpText(
      'after',
      `
Examples:
  edgewise rehearse --demo
  edgewise rehearse --fault stall
  edgewise rehearse --record https://api.openai.com/v1 --out answers.json
  edgewise rehearse --script answers.json --token-ms 5`,
    )
    .action(async (options: RehearseOptions) => {
      if (options.demo) return playDemo(console.log)
      await using rehearsal = await startRehearsal(await toRehearsalOptions(options))
      const stopped = new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
      })
      console.log(
        options.record === undefined ? introduction(rehearsal, options) : warning(rehearsal, options),
      )
      await stopped
    })
}

async function toRehearsalOptions(options: RehearseOptions): Promise<RehearsalOptions> {
  const { host, port, firstTokenMs, tokenMs, jitter, seed, script, fault, record, out } = options
  if (record !== undefined && (script !== undefined || fault !== undefined))
    throw new RehearsalError(
      'bad_option',
      '--record passes real answers on: leave --script and --fault for the replay',
    )
  return {
    host,
    port,
    firstTokenMs,
    tokenMs,
    jitter,
    seed,
    price: options.price,
    log: (line) => console.error(dim(line)),
    ...(script === undefined ? {} : { script: parseScript(await readScript(script)) }),
    ...(fault === undefined ? {} : { fault: namedFaults[fault] }),
    ...(record === undefined ? {} : { record: { url: record, file: out } }),
  }
}

async function readScript(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new RehearsalError('bad_script', `${path} cannot be read (${code}): name a script file`, { cause })
  }
}

function introduction({ baseURL }: Rehearsal, options: RehearseOptions): string {
  const { firstTokenMs, tokenMs, jitter } = options
  const cloud = { baseURL, model: 'cloud-rehearsal', rehearsal: true, price: options.price }
  const body = { model: 'cloud-rehearsal', stream: true, messages: [{ role: 'user', content: 'hello' }] }
  const plays = [
    options.script && `script: ${options.script}`,
    options.fault && `every call: ${options.fault}`,
  ]
  const pace = `first token ${firstTokenMs} ms, then ${tokenMs} ms a token, both ±${Math.round(100 * jitter)} %`
  return `
${label('rehearsal')}${bold(baseURL)}  ${dim([pace, ...plays.filter(Boolean)].join('; '))}
${label('policy')}"cloud": ${JSON.stringify(cloud)}
${label('try it')}curl -N ${baseURL}/chat/completions -H 'content-type: application/json' \\
            -d '${JSON.stringify(body)}'
${label('stop')}Ctrl+C
`
}

function warning({ baseURL }: Rehearsal, { record, out }: RehearseOptions): string {
  return `
${label('records')}${bold(baseURL)}  ${dim(`-> ${record}`)}
${label('careful')}These calls are real: they cost what ${record} charges, and every answer is written to ${out} in plain
            text. The file is yours alone (0600) and holds no prompt, no key and no header.
${label('replay')}edgewise rehearse --script ${out}
${label('stop')}Ctrl+C
`
}

const label = (text: string): string => dim(text.padEnd(12))

/** A whole number from 0 to `most`. */
function whole(most: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (value.trim() !== '' && Number.isInteger(number) && number >= 0 && number <= most) return number
    throw new InvalidArgumentError(`it is a whole number from 0 to ${most}.`)
  }
}

function share(value: string): number {
  const number = Number(value)
  if (value.trim() !== '' && number >= 0 && number <= 1) return number
  throw new InvalidArgumentError('it is a share from 0 to 1.')
}

function price(value: string): RehearsalPrice {
  const [inputPerMTok, outputPerMTok, ...more] = value.split(',').map(Number)
  if (inputPerMTok! >= 0 && outputPerMTok! >= 0 && more.length === 0)
    return { inputPerMTok: inputPerMTok!, outputPerMTok: outputPerMTok! }
  throw new InvalidArgumentError('it is two prices with a comma, 1,4.')
}
