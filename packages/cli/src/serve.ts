/**
 * Serving, shared by `start` and `serve`: opens the port, tells the address and a curl line, waits for a signal. The first one
 * lets running calls come to their end, the second ends them.
 */
import { createGateway, PortInUseError, type Serving, serveGateway } from '@edgewise/gateway'
import { type Command, InvalidArgumentError } from 'commander'
import { gatewayKeys, keysIn, servedBy } from './gateway-keys.ts'
import { pageFile } from './page.ts'
import { bold, dim } from './show.ts'
import type { System } from './system.ts'
import { version } from './version.ts'

const defaultPort = 8787

export interface ServeOptions {
  readonly host: string
  /** Undefined: the default port, or any free one when that is taken. */
  readonly port?: number
  readonly policy?: string
  /** Undefined: the file of that name in the working directory, if it is there. */
  readonly keys?: string
  /** Seconds that running calls have when the server stops. Default 10. */
  readonly drain?: number
}

export interface ModelOption {
  readonly model?: string
  readonly adapter?: readonly string[]
  readonly keepPrefixes?: boolean
}

/** What a command that can take any model says of it. */
export function addModelOption(command: Command): Command {
  return command
    .option(
      '--model <file>',
      'the device model: a GGUF file, hf:<org>/<repo>/<file> after "edgewise pull", or the address of a model server on this machine, http://127.0.0.1:8080/v1 (default: the embedded model)',
    )
    .option(
      '--adapter <path>',
      'with --model: a LoRA adapter beside it, a GGUF file or a PEFT folder; may be given several times',
      (path: string, before: readonly string[] = []) => [...before, path],
    )
    .option(
      '--keep-prefixes',
      'with --model: keep what system texts and tools come to on disk, so that the next start need not run them again',
    )
}

export function addServeOptions(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on; others than of this machine need keys', '127.0.0.1')
    .option(
      '--port <number>',
      `port to listen on (default: ${defaultPort}, or a free one when it is taken)`,
      parsePort,
    )
    .option('--policy <file>', 'policy file (default: edgewise.policy.json here, else the built-in one)')
    .option(
      '--keys <file>',
      'API keys that are needed to call (default: edgewise.keys.json, once it is here)',
    )
    .option('--drain <seconds>', 'time running calls have to end when the server stops', parseSeconds, 10)
}

/**
 * Opens the gateway in front of `system`, and the page, which is made for the embedded model's tasks.
 * Throws PortInUseError when the port asked for is taken, KeysRequiredError for an address of the network without keys,
 * KeyFileError, and PolicyError for the policy of a key.
 */
export async function openGateway(system: System, options: ServeOptions): Promise<Serving> {
  const { model, edgewise, ledger, device, policy } = system
  const app = createGateway({
    ...servedBy(edgewise, policy, device.model),
    ledger,
    models: [{ id: model.modelId }],
    ...gatewayKeys(system, options.keys),
    problem: (line) => console.error(`edgewise: ${line}`),
    health: () => ({ version, device: device.model.modelId, backend: device.backend }),
    certificates: () => edgewise.certificates,
    ...(device.isEmbedded ? { page: pageFile } : {}),
  })
  const { host, port } = options
  const drainMs = (options.drain ?? 10) * 1000
  try {
    return await serveGateway(app, { host, drainMs, port: port ?? defaultPort })
  } catch (error) {
    if (port !== undefined || !(error instanceof PortInUseError)) throw error
    return await serveGateway(app, { host, drainMs, port: 0 })
  }
}

/** Serves until SIGINT or SIGTERM, then lets what runs come to its end; a second signal ends it. */
export async function serveUntilStopped(system: System, options: ServeOptions): Promise<void> {
  let signals = 0
  const stopped = Promise.withResolvers<void>()
  let end = (): void => {}
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (++signals === 1) stopped.resolve()
      else end()
    })
  const serving = await openGateway(system, options)
  console.log(address(serving.url, system, options))
  await stopped.promise
  end = () => void serving.close(0)
  const closed = serving.close()
  const notice = setTimeout(() => {
    if (serving.running > 0)
      console.log(dim(`calls still run: they have ${options.drain ?? 10} s; Ctrl+C again ends them`))
  }, 500)
  await closed
  clearTimeout(notice)
}

function address(url: string, system: System, { keys }: ServeOptions): string {
  const { model, device, edgewise, policy, policySource } = system
  const cloud = edgewise.cloudStatus.ready ? `cloud: ${edgewise.cloudStatus.model}` : edgewise.cloudStatus.why
  const content = device.isEmbedded ? 'i recieved teh package yesterday' : 'What is a receipt?'
  const body = JSON.stringify({ model: model.modelId, messages: [{ role: 'user', content }] })
  const needsKey = keysIn(keys).exists()
  const first =
    device.isEmbedded && !needsKey
      ? `${dim('page'.padEnd(10))}${bold(`${url}/`)}`
      : `${dim('model'.padEnd(10))}${bold(device.model.modelId)}  ${dim(device.backend)}`
  const task = device.isEmbedded && Object.hasOwn(policy.tasks, 'fix') ? ` -H 'x-edgewise-task: fix'` : ''
  const key = needsKey ? `\n            -H "authorization: Bearer $EDGEWISE_KEY" \\` : ''
  return `
${first}
${dim('gateway'.padEnd(10))}${url}/v1  ${dim(`OpenAI-compatible; policy: ${policySource}; ${cloud}`)}
${dim('try it'.padEnd(10))}curl -i ${url}/v1/chat/completions \\${key}
            -H 'content-type: application/json'${task} \\
            -d '${body}'
${dim('demo'.padEnd(10))}npx edgewise rehearse --demo  ${dim('the whole path, device and cloud, without a key')}
${dim('stop'.padEnd(10))}Ctrl+C
`
}

function parsePort(value: string): number {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.')
  return port
}

function parseSeconds(value: string): number {
  const seconds = Number(value)
  if (value.trim() === '' || !Number.isFinite(seconds) || seconds < 0 || seconds > 3600)
    throw new InvalidArgumentError('seconds are a number from 0 to 3600.')
  return seconds
}
