/** What /proc says of the machine and its processes; Linux only. */
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Process, parseBusy, parseProcess, type Snapshot } from './load.ts'

/** Throws where there is no /proc. */
export function snapshot(): Snapshot {
  const processes: Process[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(`/proc/${name}/stat`)
    if (stat !== undefined) processes.push(parseProcess(stat))
  }
  return { at: performance.now(), busy: parseBusy(readFileSync('/proc/stat', 'utf8')), processes }
}

export interface Resident {
  readonly now: number
  readonly peak: number
}

/** Resident bytes of a process, now and at most; 0 of one that has ended. */
export function resident(pid: number): Resident {
  const status = read(`/proc/${pid}/status`) ?? ''
  const of = (key: string): number =>
    1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
  return { now: of('VmRSS'), peak: of('VmHWM') }
}

/** Resident bytes of the pages of a browser, whose processes descend from it. */
export function residentPages(browser: number): Resident {
  const { processes } = snapshot()
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]))
  const pages = processes.filter(({ pid }) => {
    let at: number | undefined = pid
    while (at !== undefined && at !== browser) at = parents.get(at)
    return at === browser && (read(`/proc/${pid}/cmdline`) ?? '').includes('--type=renderer')
  })
  return pages
    .map(({ pid }) => resident(pid))
    .reduce((a, b) => ({ now: a.now + b.now, peak: a.peak + b.peak }), { now: 0, peak: 0 })
}

/** The processor and the runtime, for the line under a table. */
export function describeMachine(): string {
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} threads, Node ${process.versions.node}`
}

/** A process may end while it is looked at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
