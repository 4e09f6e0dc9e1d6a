/**
 * What the root's npm scripts call: makes the checkout ready, then does the job with a Node that is new enough.
 * Usage: node scripts/run.mjs start|test|test:all|build|distill-banking77 [arguments for the job]
 */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { makeReady, NotReadyError, root } from './ready.mjs'

const vitest = ['node_modules/vitest/vitest.mjs', 'run']
const jobs = {
  start: { args: ['packages/cli/bin/edgewise.mjs', 'start'] },
  test: { args: vitest },
  'test:all': { args: vitest, env: { EDGEWISE_TESTS: 'all' } },
  build: null,
  'distill-banking77': { args: ['examples/distill-banking77/run.ts'] },
}

const [name, ...rest] = process.argv.slice(2)
if (!Object.hasOwn(jobs, name)) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(jobs).join('|')} [arguments]`)
  process.exit(2)
}

try {
  const node = makeReady()
  if (jobs[name]) run(node, jobs[name])
} catch (error) {
  if (!(error instanceof NotReadyError)) throw error
  console.error(`edgewise · ${error.message}`)
  process.exit(1)
}

function run(node, job) {
  const path = [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(
    process.platform === 'win32' ? ';' : ':',
  )
  const child = spawn(node, [...job.args, ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path, ...job.env },
  })
  // The job decides how it ends; this process only hands the signal on and waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // A supervisor that kills npm leaves the shell npm started, and this process with it: notice, and end the job.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref()
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
