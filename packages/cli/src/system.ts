/**
 * Puts the parts together for a host with a file system: policy file, embedded model, cloud, router, ledger.
 * The caller disposes of the result; then the model's memory is given back.
 */
import { readFile } from 'node:fs/promises'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { type Ledger, memoryLedger } from '@edgewise/evidence'
import { loadMini, type Mini } from '@edgewise/mini'
import { createCloud, createEdgewise, defaultPolicy, miniDevice, type Policy, PolicyError, parsePolicy } from 'edgewise'

/** The policy file that is read when the command names none and it lies in the working directory. */
export const policyFileName = 'edgewise.policy.json'

export interface System extends Disposable {
  readonly policy: Policy
  /** Where the policy came from, for people. */
  readonly policySource: string
  readonly mini: Mini
  readonly model: LanguageModelV4
  readonly ledger: Ledger
}

/** Opens everything. Throws PolicyError for a policy that cannot be read, EngineError for a model that cannot. */
export async function openSystem(policyFile?: string): Promise<System> {
  const { policy, source } = await readPolicy(policyFile)
  const mini = await loadMini()
  const ledger = memoryLedger()
  const cloud = policy.cloud ? createCloud(policy.cloud, { env: process.env }) : undefined
  const model = createEdgewise({ policy, device: miniDevice(mini), ledger, ...(cloud ? { cloud } : {}) })
  return { policy, policySource: source, mini, model, ledger, [Symbol.dispose]: () => mini[Symbol.dispose]() }
}

async function readPolicy(file: string | undefined): Promise<{ policy: Policy; source: string }> {
  const path = file ?? policyFileName
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (file === undefined && isMissing(error)) return { policy: defaultPolicy, source: 'built in' }
    throw new PolicyError(`the policy file ${path} cannot be read (${(error as Error).message}): check the path given with --policy`)
  }
  return { policy: parsePolicy(text, path), source: path }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
