/** Serving, shared by `start` and `serve`: opens the port, tells the address and a curl line, waits for a signal. */
import { createGateway, PortInUseError, type Serving, serveGateway } from '@edgewise/gateway'
import { type Command, InvalidArgumentError } from 'commander'
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
}

export interface ModelOption {
  readonly model?: string
  readonly keepPrefixes?: boolean
}

/** What a command that can take any model says of it. */
export function addModelOption(command: Command): Command {
  return command
    .option(
      '--model <file>',
      'GGUF file of the device model, or hf:<org>/<repo>/<file> after "edgewise pull" (default: the embedded model)',
    )
    .option(
      '--keep-prefixes',
      'with --model: keep what system texts and tools come to on disk, so that the next start need not run them again',
    )
}

export function addServeOptions(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--port <number>',
      `port to listen on (default: ${defaultPort}, or a free one when it is taken)`,
      parsePort,
    )
    .option('--policy <file>', 'policy file (default: edgewise.policy.json here, else the built-in one)')
}

/** Opens the gateway in front of `system`, and the page, which is made for the embedded model's tasks. Throws PortInUseError when the port asked for is taken. */
export async function openGateway(system: System, { host, port }: ServeOptions): Promise<Serving> {
  const app = createGateway({
    model: system.model,
    ledger: system.ledger,
    models: [{ id: system.model.modelId }],
    health: () => ({ version, device: system.device.model.modelId, backend: system.device.backend }),
    ...(system.device.isEmbedded ? { page: pageFile } : {}),
  })
  try {
    return await serveGateway(app, { host, port: port ?? defaultPort })
  } catch (error) {
    if (port !== undefined || !(error instanceof PortInUseError)) throw error
    return await serveGateway(app, { host, port: 0 })
  }
}

/** Serves until SIGINT or SIGTERM, then ends what is running and returns. */
export async function serveUntilStopped(system: System, options: ServeOptions): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
  })
  const serving = await openGateway(system, options)
  console.log(address(serving.url, system))
  await stopped
  await serving.close()
}

function address(url: string, { model, device, policySource }: System): string {
  const cloud = model.cloudStatus.ready ? `cloud: ${model.cloudStatus.model}` : model.cloudStatus.why
  const content = device.isEmbedded ? 'i recieved teh package yesterday' : 'What is a receipt?'
  const body = JSON.stringify({ model: model.modelId, messages: [{ role: 'user', content }] })
  const first = device.isEmbedded
    ? `${dim('page'.padEnd(10))}${bold(`${url}/`)}`
    : `${dim('model'.padEnd(10))}${bold(device.model.modelId)}  ${dim(device.backend)}`
  const task = device.isEmbedded ? ` -H 'x-edgewise-task: fix'` : ''
  return `
${first}
${dim('gateway'.padEnd(10))}${url}/v1  ${dim(`OpenAI-compatible; policy: ${policySource}; ${cloud}`)}
${dim('try it'.padEnd(10))}curl -i ${url}/v1/chat/completions \\
            -H 'content-type: application/json'${task} \\
            -d '${body}'
${dim('stop'.padEnd(10))}Ctrl+C
`
}

function parsePort(value: string): number {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.')
  return port
}
