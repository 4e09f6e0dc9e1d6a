/**
 * Whether a machine was quiet while something was timed: the processor time that went to anything but what was timed,
 * from Linux's /proc. Pure, so that it can be tested; processes.ts reads the files.
 * Time stolen from a virtual machine counts as anybody else's.
 */

/** Share of one core that may go elsewhere in a round; ratios of a round with more say nothing. */
export const QUIET = 0.1

/** USER_HZ, in which Linux counts processor time for its readers. */
const TICKS = 100

export interface Process {
  readonly pid: number
  readonly parent: number
  /** Seconds of processor time, all threads. */
  readonly seconds: number
}

/** What the machine had done at one moment. */
export interface Snapshot {
  /** Milliseconds of any clock. */
  readonly at: number
  /** Seconds of processor time of the whole machine, stolen time included. */
  readonly busy: number
  readonly processes: readonly Process[]
}

/** What was used between snapshots. */
export interface Load {
  readonly seconds: number
  /** Seconds of processor time by all but what was timed. */
  readonly foreign: number
}

/** Busy seconds of all processors, from /proc/stat; waiting for a disk is none. Throws when it is no such file. */
export function parseBusy(stat: string): number {
  const fields = /^cpu +([\d ]+)$/m.exec(stat)?.[1]?.split(' ').map(Number)
  if (!fields || fields.length < 8) throw new Error('/proc/stat has no line of all processors')
  const [user, nice, system, , , irq, softirq, steal] = fields as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  // Time of virtual machines that run here is in `user` already.
  return (user + nice + system + irq + softirq + steal) / TICKS
}

/** From /proc/<pid>/stat, in which a program's name may hold anything, spaces and brackets too. */
export function parseProcess(stat: string): Process {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const pid = Number.parseInt(stat, 10)
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number) as [number, number, number]
  if (![pid, parent, user, system].every(Number.isFinite)) throw new Error(`no process reads: ${stat}`)
  return { pid, parent, seconds: (user + system) / TICKS }
}

/**
 * The load of others between two snapshots. Timed were the processes that descend from one of `roots`, and `alone`, whose
 * descendants are not counted.
 */
export function loadBetween(
  before: Snapshot,
  after: Snapshot,
  roots: readonly number[],
  alone: readonly number[],
): Load {
  const then = new Map(before.processes.map((process) => [process.pid, process.seconds]))
  const own = descendants(after.processes, roots).concat(
    after.processes.filter(({ pid }) => alone.includes(pid)),
  )
  const used = own.reduce((sum, { pid, seconds }) => sum + seconds - (then.get(pid) ?? 0), 0)
  return { seconds: (after.at - before.at) / 1000, foreign: after.busy - before.busy - used }
}

/** Loads one after the other as one. Time is counted in hundredths, so that a short one alone may be off by some. */
export function joinLoads(loads: readonly Load[]): Load {
  return loads.reduce((a, b) => ({ seconds: a.seconds + b.seconds, foreign: a.foreign + b.foreign }), {
    seconds: 0,
    foreign: 0,
  })
}

/** Cores that others kept busy, from 0. */
export function foreignCores({ seconds, foreign }: Load): number {
  return seconds === 0 ? 0 : Math.max(0, foreign / seconds)
}

export function isQuiet(load: Load): boolean {
  return foreignCores(load) <= QUIET
}

function descendants(processes: readonly Process[], roots: readonly number[]): Process[] {
  const children = Map.groupBy(processes, ({ parent }) => parent)
  const found = new Set(processes.filter(({ pid }) => roots.includes(pid)))
  // A set that grows while it is gone through is gone through to its end.
  for (const { pid } of found) for (const child of children.get(pid) ?? []) found.add(child)
  return [...found]
}
