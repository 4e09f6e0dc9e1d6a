/** Servers of a benchmark, each in a process of its own on 127.0.0.1. Leaving the scope ends them. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface Server extends AsyncDisposable {
  readonly port: number
  /** Bytes its process has in memory, and bytes of its heap that are used. Only of scripts that answer. */
  memory(): Promise<{ readonly rss: number; readonly heapUsed: number }>
}

const START_MS = 15_000

/** A script of this folder that sends `{ port }` to its parent when it listens. Its standard error is shown. */
export async function startScript(name: string, ...args: string[]): Promise<Server> {
  const path = fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=edgewise-source', path, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const port = await within(
    new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve((message as { port: number }).port))
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it listened`)))
    }),
    name,
  )
  return serverOf(child, port)
}

/**
 * Portkey's gateway as its package starts it, without its page. It has no option for the address and binds all of them. Its
 * streams fail with @hono/node-server from 1.14 (`TypeError: immutable`), so this project overrides that one.
 */
export async function startPortkey(): Promise<Server> {
  const port = await freePort()
  const main = fileURLToPath(import.meta.resolve('@portkey-ai/gateway/build/start-server.js'))
  const child = spawn(process.execPath, [main, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  await within(answers(port), '@portkey-ai/gateway')
  return serverOf(child, port)
}

/** What a call to Portkey says of where it is to go. */
export function portkeyHeaders(stub: Server): Record<string, string> {
  return {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${stub.port}/v1`,
    authorization: 'Bearer none',
  }
}

function serverOf(child: ChildProcess, port: number): Server {
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    port,
    memory: () =>
      new Promise((resolve) => {
        child.once('message', resolve)
        child.send('memory')
      }),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      else child.kill('SIGKILL')
      await exit
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(port: number): Promise<void> {
  for (;;) {
    try {
      await fetch(`http://127.0.0.1:${port}/`)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function within<T>(work: Promise<T>, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not listen within ${START_MS} ms`)), START_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
