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

/** Opens the gateway and the page in front of `system`. Throws PortInUseError when the port asked for is taken. */
export async function openGateway(system: System, { host, port }: ServeOptions): Promise<Serving> {
  const app = createGateway({
    model: system.model,
    ledger: system.ledger,
    models: [{ id: system.model.modelId }],
    health: () => ({ version, device: system.mini.modelId, backend: system.mini.model.backend.detail }),
    page: pageFile,
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

function address(url: string, { model, policySource }: System): string {
  const cloud = model.cloudStatus.ready ? `cloud: ${model.cloudStatus.model}` : model.cloudStatus.why
  const body = JSON.stringify({
    model: model.modelId,
    messages: [{ role: 'user', content: 'i recieved teh package yesterday' }],
  })
  return `
${dim('page'.padEnd(10))}${bold(`${url}/`)}
${dim('gateway'.padEnd(10))}${url}/v1  ${dim(`OpenAI-compatible; policy: ${policySource}; ${cloud}`)}
${dim('try it'.padEnd(10))}curl -i ${url}/v1/chat/completions \\
            -H 'content-type: application/json' -H 'x-edgewise-task: fix' \\
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
