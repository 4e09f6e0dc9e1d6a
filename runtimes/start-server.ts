/** Starts a server of a runtime and opens it as a device; it is ended with its scope. What it printed is told when it does not come up. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import {
  type ServerDevice,
  type ServerDeviceOptions,
  serverDevice,
} from '../packages/edgewise/src/device/server/server-device.ts'

export interface ServerCommand {
  command(port: number): readonly [program: string, ...args: string[]]
  readonly env?: NodeJS.ProcessEnv
  readonly device: Omit<ServerDeviceOptions, 'baseURL'>
}

export interface RunningServer extends AsyncDisposable {
  readonly device: ServerDevice
  open(options: Partial<ServerDeviceOptions>): Promise<ServerDevice>
}

/** Milliseconds a runtime may take to load; the slowest imports torch. */
const PATIENCE = 90_000

export async function startServer({ command, env, device }: ServerCommand): Promise<RunningServer> {
  const port = await freePort()
  const [program, ...args] = command(port)
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1', ...env },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      said = (said + bytes).slice(-4000)
    })
  }
  const baseURL = `http://127.0.0.1:${port}/v1`
  const open = (options: Partial<ServerDeviceOptions>) => serverDevice({ ...device, ...options, baseURL })
  try {
    return {
      device: await ready(child, () => open({})),
      open,
      [Symbol.asyncDispose]: () => end(child),
    }
  } catch (cause) {
    await end(child)
    throw new Error(`${program} did not come up:\n${said}`, { cause })
  }
}

async function ready(child: ChildProcess, open: () => Promise<ServerDevice>): Promise<ServerDevice> {
  const until = Date.now() + PATIENCE
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    try {
      return await open()
    } catch (error) {
      const { code } = error as { code?: string }
      const mayCome = code === 'server_unreachable' || code === 'server_not_ready'
      if (!mayCome || Date.now() > until) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
  await ended
  clearTimeout(timer)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
