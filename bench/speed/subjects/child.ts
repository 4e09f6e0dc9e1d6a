/** A subject in a process of Node: one of the scripts in runners/. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer } from '../runners/runner.ts'
import { end, hold } from './processes.ts'
import { Remote } from './remote.ts'
import type { Subject, SubjectName } from './subject.ts'

const scripts = {
  node: { script: 'edgewise-node.ts', env: {} },
  llama: { script: 'llama-c.ts', env: {} },
  avx2: { script: 'llama-c.ts', env: { LLAMA_CPU: 'haswell' } },
  binding: { script: 'node-llama-cpp.ts', env: {} },
} as const satisfies Partial<Record<SubjectName, unknown>>

export type ChildName = keyof typeof scripts

export function startChild(name: ChildName): Subject {
  const { script, env } = scripts[name]
  const child = fork(fileURLToPath(new URL(`../runners/${script}`, import.meta.url)), {
    execArgv: ['--conditions=edgewise-source'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  })
  hold(child)
  let said = ''
  child.stderr!.on('data', (data: Buffer) => {
    said = (said + data).slice(-2000)
  })
  const remote = new Remote((request) => child.send(request))
  child.on('message', (answer: Answer) => remote.answered(answer))
  child.on('exit', (code, signal) => remote.ended(`its process ended (${signal ?? code}): ${lastLine(said)}`))
  return {
    name,
    pid: child.pid!,
    remote,
    [Symbol.asyncDispose]: () => end(child),
  }
}

/** The line of a stack trace that says what happened. */
function lastLine(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /^\w*Error/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}
