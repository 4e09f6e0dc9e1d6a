/** What was chosen on a host, kept for the next time a model is opened there. */

/**
 * Keeps a short text for each host: in memory, a file, a page's storage. What is kept is advice: a text that is lost or was damaged
 * costs the time to choose again, and nothing is used unproven.
 */
export interface TuneStore {
  get(host: string): string | undefined | Promise<string | undefined>
  set(host: string, text: string): void | Promise<void>
}

const texts = new Map<string, string>()

/** As long as this process or page lives. */
export const memoryTuneStore: TuneStore = {
  get: (host) => texts.get(host),
  set: (host, text) => {
    texts.set(host, text)
  },
}

/** By type and row length, "q4_k 2048": the form of dot product that won, and its speed. */
export type TuneRecord = Record<string, { readonly dot: string; readonly gbPerSecond: number }>

/** An unreadable text is an empty record. */
export function parseRecord(text: string | undefined): TuneRecord {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}')
    return Object.fromEntries(
      Object.entries(parsed as object).filter(
        ([, one]) => typeof one?.dot === 'string' && typeof one.gbPerSecond === 'number',
      ),
    )
  } catch {
    return {}
  }
}

/** What a choice depends on: the engine, the form of its dot products, and what the host says of itself. */
export function hostName(engine: string, dot: string): string {
  const { navigator, process } = globalThis as unknown as Partial<Host>
  const node = process?.versions?.node && `Node ${process.versions.v8} ${process.arch}`
  const cpu = process?.getBuiltinModule?.('node:os')?.cpus()[0]?.model
  const cores = navigator?.hardwareConcurrency
  return [engine, dot, node ?? navigator?.userAgent, cpu, cores]
    .filter((part) => part !== undefined)
    .join(', ')
}

interface Host {
  readonly navigator: { readonly userAgent?: string; readonly hardwareConcurrency?: number }
  readonly process: {
    readonly versions?: { readonly node?: string; readonly v8?: string }
    readonly arch: string
    getBuiltinModule?(name: 'node:os'): { cpus(): { readonly model: string }[] } | undefined
  }
}
