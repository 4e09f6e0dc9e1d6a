/**
 * Puts the parts together for a host with a file system: policy file, device model, cloud, router, ledger. The device is the
 * embedded model, or any model file the caller names. The caller disposes of the result; then the model's memory is given
 * back.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PrefixStore } from '@edgewise/engine'
import { type Ledger, memoryLedger } from '@edgewise/evidence'
import { hubSettings, prefixFolder } from '@edgewise/hub'
import { loadMini } from '@edgewise/mini'
import {
  chatPolicy,
  createEdgewise,
  type DeviceModel,
  defaultPolicy,
  type Edgewise,
  ggufDevice,
  miniDevice,
  type Policy,
  PolicyError,
  parsePolicy,
} from 'edgewise'
import { openModelFile } from './open-model.ts'

/** The policy file that is read when the command names none and it lies in the working directory. */
export const policyFileName = 'edgewise.policy.json'

export interface SystemOptions {
  /** A policy, or the path of its file. Default: the file in the working directory, else the built-in one of the device. */
  readonly policy?: string | Policy | undefined
  /** The device's model: a GGUF file's path, or the `hf:` name of one that was pulled. Default: the embedded model. */
  readonly model?: string | undefined
  /** Whether beginnings of that model's prompts are kept on disk: what system texts say is in them, so only when asked for. */
  readonly keepPrefixes?: boolean | undefined
  /** Of reading that model, in bytes. */
  readonly onProgress?: ((loaded: number, total: number) => void) | undefined
}

/** What runs on this machine. */
export interface Device extends Disposable {
  readonly model: DeviceModel
  /** What does the arithmetic, for people. */
  readonly backend: string
  /** Whether it is the embedded model, which has tasks of its own and no chat. */
  readonly isEmbedded: boolean
}

export interface System extends Disposable {
  readonly policy: Policy
  /** Where the policy came from, for people. */
  readonly policySource: string
  readonly device: Device
  readonly model: Edgewise
  readonly ledger: Ledger
}

/**
 * Opens everything. Throws PolicyError for a policy that cannot be read, HubError for a model file that is not there,
 * EngineError for one that cannot be used.
 */
export async function openSystem(options: SystemOptions = {}): Promise<System> {
  const { policy, source } = await findPolicy(options)
  const device = options.model === undefined ? await embedded() : await ofFile(options.model, options)
  const ledger = memoryLedger()
  const model = createEdgewise({ policy, device: device.model, ledger })
  return {
    policy,
    policySource: source,
    device,
    model,
    ledger,
    [Symbol.dispose]: () => device[Symbol.dispose](),
  }
}

async function embedded(): Promise<Device> {
  const mini = await loadMini()
  return {
    model: miniDevice(mini),
    backend: mini.model.backend.detail,
    isEmbedded: true,
    [Symbol.dispose]: () => mini[Symbol.dispose](),
  }
}

/** Beside the models that were pulled. */
const keptPrefixes = (): PrefixStore => prefixFolder(join(hubSettings().cache, 'prefixes'))

async function ofFile(file: string, { keepPrefixes, onProgress }: SystemOptions): Promise<Device> {
  const { model, name } = await openModelFile(file, onProgress)
  try {
    const kept = keepPrefixes ? { prefixStore: keptPrefixes() } : {}
    const device = await ggufDevice(model, { modelId: name, ...kept })
    return {
      model: device,
      backend: model.backend.detail,
      isEmbedded: false,
      [Symbol.dispose]: () => model[Symbol.dispose](),
    }
  } catch (error) {
    model[Symbol.dispose]()
    throw error
  }
}

async function findPolicy({ policy, model }: SystemOptions): Promise<{ policy: Policy; source: string }> {
  if (typeof policy === 'object') return { policy, source: 'given' }
  const path = policy ?? policyFileName
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (policy === undefined && isMissing(error)) {
      return { policy: model === undefined ? defaultPolicy : chatPolicy, source: 'built in' }
    }
    const message = `this file cannot be read (${(error as Error).message}): check the path given with --policy`
    throw new PolicyError(path, [{ path: '', line: null, column: null, message }])
  }
  return { policy: parsePolicy(text, path), source: path }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
