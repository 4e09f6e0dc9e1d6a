/**
 * Puts the parts together for a host with a file system: policy file, embedded model, cloud, router, ledger.
 * The caller disposes of the result; then the model's memory is given back.
 */
import { readFile } from 'node:fs/promises'
import { type Ledger, memoryLedger } from '@edgewise/evidence'
import { loadMini, type Mini } from '@edgewise/mini'
import {
  createEdgewise,
  defaultPolicy,
  type Edgewise,
  miniDevice,
  type Policy,
  PolicyError,
  parsePolicy,
} from 'edgewise'

/** The policy file that is read when the command names none and it lies in the working directory. */
export const policyFileName = 'edgewise.policy.json'

export interface System extends Disposable {
  readonly policy: Policy
  /** Where the policy came from, for people. */
  readonly policySource: string
  readonly mini: Mini
  readonly model: Edgewise
  readonly ledger: Ledger
}

/**
 * Opens everything; `from` is a policy, or the path of its file. Throws PolicyError for a policy that cannot be read,
 * EngineError for a model that cannot.
 */
export async function openSystem(from?: string | Policy): Promise<System> {
  const { policy, source } =
    typeof from === 'object' ? { policy: from, source: 'given' } : await readPolicy(from)
  const mini = await loadMini()
  const ledger = memoryLedger()
  const model = createEdgewise({ policy, device: miniDevice(mini), ledger })
  return { policy, policySource: source, mini, model, ledger, [Symbol.dispose]: () => mini[Symbol.dispose]() }
}

async function readPolicy(file: string | undefined): Promise<{ policy: Policy; source: string }> {
  const path = file ?? policyFileName
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (file === undefined && isMissing(error)) return { policy: defaultPolicy, source: 'built in' }
    const message = `this file cannot be read (${(error as Error).message}): check the path given with --policy`
    throw new PolicyError(path, [{ path: '', line: null, column: null, message }])
  }
  return { policy: parsePolicy(text, path), source: path }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
