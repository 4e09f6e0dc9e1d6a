/**
 * Puts the parts together for a host with a file system: policy file, device model, cloud, router, ledger. The device is the
 * embedded model, or any model file the caller names; names in what leaves are found by the embedded model in any case. The caller
 * disposes of the result; then the models' memory is given back and the ledger is closed.
 */
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { BadOptionError, type PrefixStore } from '@edgewise/engine'
import { type Ledger, LedgerError, memoryLedger } from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { hubSettings, prefixFolder } from '@edgewise/hub'
import { loadMini, type Mini } from '@edgewise/mini'
import {
  chatPolicy,
  type DeviceModel,
  defaultPolicy,
  type Edgewise,
  edgewise,
  ggufDevice,
  linearDevice,
  miniDevice,
  miniNames,
  type Policy,
  PolicyError,
  parsePolicy,
  policyFileNames,
  serverDevice,
  type TokenScorer,
  tokenScorer,
} from 'edgewise'
import { readCertificates } from './certificates-file.ts'
import { type OpenedLinear, openLinearFile } from './open-linear.ts'
import { openModelFile } from './open-model.ts'

export interface SystemOptions {
  /** A policy, or the path of its file. Default: the file in the working directory, else the built-in one of the device. */
  readonly policy?: string | Policy | undefined
  /**
   * The device's model: the path of a GGUF file or of a linear head's, the `hf:` name of one that was pulled, or the address of a model
   * server on this machine (`http://127.0.0.1:8080/v1`). Default: the embedded model.
   */
  readonly model?: string | undefined
  /** Adapters of that model, which must be a file: GGUF files or PEFT folders. */
  readonly adapter?: readonly string[] | undefined
  /** Whether beginnings of that model's prompts are kept on disk: what system texts say is in them, so only when asked for. */
  readonly keepPrefixes?: boolean | undefined
  /** The file receipts are kept in. Default: memory. */
  readonly ledger?: string | undefined
  /** Of reading that model, in bytes. */
  readonly onProgress?: ((loaded: number, total: number) => void) | undefined
}

/** What runs on this machine. */
export interface Device extends Disposable {
  readonly model: DeviceModel
  /** Log-probabilities of any text's tokens under that model; null where only its server could tell. */
  readonly scorer: TokenScorer | null
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
  /** Routes each call; a provider of models of one task, too. */
  readonly edgewise: Edgewise
  /** The model that finds the task of each call. */
  readonly model: LanguageModelV4
  /** A router of another policy on the same device and ledger. Throws as `edgewise` does. */
  readonly under: (policy: Policy) => Edgewise
  readonly ledger: Ledger
  /** Why receipts are in memory although a file was named, for people; null when they are where they should be. */
  readonly ledgerProblem: string | null
}

/**
 * Opens everything. Throws PolicyError for a policy that cannot be read, CertificatesFileError for certificates beside it that cannot be
 * used and CertificateRefusedError for those that do not fit it, HubError for a model file that is not there, EngineError for one that
 * cannot be used.
 */
export async function openSystem(options: SystemOptions = {}): Promise<System> {
  const { policy, source, folder } = await findPolicy(options)
  const certificates = folder === null ? [] : await readCertificates(folder)
  using opened = new DisposableStack()
  const mini = opened.use(await loadMini())
  const device = await openDevice(options, mini)
  opened.use(device)
  const deviceModels = await openDeviceModels(policy, folder ?? '.', opened)
  const { ledger, problem } = openLedger(options.ledger)
  opened.defer(() => void ledger.close())
  const names = miniNames(mini)
  const scored = device.scorer === null ? {} : { scorer: device.scorer }
  const routers: Edgewise[] = []
  // Before the ledger is closed, which they write to.
  opened.defer(() => {
    for (const { audits } of routers) audits.stop()
  })
  const under = (other: Policy): Edgewise => {
    const made = edgewise({
      policy: other,
      device: device.model,
      deviceModels,
      ledger,
      names,
      certificates,
      ...scored,
    })
    routers.push(made)
    return made
  }
  const router = under(policy)
  const kept = opened.move()
  return {
    policy,
    policySource: source,
    device,
    edgewise: router,
    model: router(),
    under,
    ledger,
    ledgerProblem: problem,
    [Symbol.dispose]: () => kept.dispose(),
  }
}

/** A file that cannot be used keeps nobody from working: receipts are in memory then, and people are told. */
function openLedger(file: string | undefined): { ledger: Ledger; problem: string | null } {
  if (file === undefined) return { ledger: memoryLedger(), problem: null }
  try {
    return { ledger: openSqliteLedger(file), problem: null }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    return { ledger: memoryLedger(), problem: `${error.message} (${error.code}); receipts are in memory` }
  }
}

function openDevice(options: SystemOptions, mini: Mini): Promise<Device> | Device {
  const { model, adapter = [] } = options
  const isServer = model !== undefined && /^https?:\/\//i.test(model)
  if (adapter.length > 0 && (model === undefined || isServer)) {
    throw new BadOptionError('an adapter needs the file of its model: name that with --model')
  }
  if (model === undefined) return embedded(mini)
  return isServer ? ofServer(model) : ofFile(model, options)
}

async function ofServer(baseURL: string): Promise<Device> {
  const model = await serverDevice({ baseURL })
  return {
    model,
    scorer: null,
    backend: `${model.quirks.name} at ${baseURL}`,
    isEmbedded: false,
    [Symbol.dispose]: () => {},
  }
}

/** The embedded model, which is disposed of by who opened it. */
function embedded(mini: Mini): Device {
  return {
    model: miniDevice(mini),
    // What it was trained to see in front of plain text (models/mini/protocol.md).
    scorer: tokenScorer(mini.model, { prefix: '<|im_start|>user\n<|complete|>' }),
    backend: mini.model.backend.detail,
    isEmbedded: true,
    [Symbol.dispose]: () => {},
  }
}

/** The models that single tasks have of their own, each once. */
async function openDeviceModels(
  { tasks, default: fallback }: Policy,
  folder: string,
  opened: DisposableStack,
): Promise<Record<string, DeviceModel>> {
  const models: Record<string, DeviceModel> = {}
  for (const { deviceModel } of [...Object.values(tasks), fallback]) {
    if (deviceModel === undefined || Object.hasOwn(models, deviceModel)) continue
    const isNamed = /^hf:/i.test(deviceModel) || isAbsolute(deviceModel)
    const device = opened.use(await ofFile(isNamed ? deviceModel : join(folder, deviceModel), {}))
    models[deviceModel] = device.model
  }
  return models
}

/** Beside the models that were pulled. */
const keptPrefixes = (): PrefixStore => prefixFolder(join(hubSettings().cache, 'prefixes'))

function ofLinear({ head, name, bytes }: OpenedLinear, adapter: readonly string[]): Device {
  if (adapter.length > 0) throw new BadOptionError('a linear head takes no adapter: leave --adapter out')
  return {
    model: linearDevice(head, { modelId: name }),
    scorer: null,
    backend: `linear head of ${head.labels.length} labels, ${Math.ceil(bytes / 1000)} kB`,
    isEmbedded: false,
    [Symbol.dispose]: () => {},
  }
}

async function ofFile(
  file: string,
  { adapter: adapters, keepPrefixes, onProgress }: SystemOptions,
): Promise<Device> {
  const linear = await openLinearFile(file)
  if (linear !== null) return ofLinear(linear, adapters ?? [])
  const { model, name } = await openModelFile(file, {
    ...(adapters && { adapters }),
    ...(onProgress && { onProgress }),
  })
  try {
    const kept = keepPrefixes ? { prefixStore: keptPrefixes() } : {}
    const device = await ggufDevice(model, { modelId: name, ...kept })
    return {
      model: device,
      scorer: tokenScorer(model),
      backend: model.backend.detail,
      isEmbedded: false,
      [Symbol.dispose]: () => model[Symbol.dispose](),
    }
  } catch (error) {
    model[Symbol.dispose]()
    throw error
  }
}

/** `folder`: where what belongs to the policy lies beside it; null for one that is no file's. */
async function findPolicy({
  policy,
  model,
}: SystemOptions): Promise<{ policy: Policy; source: string; folder: string | null }> {
  if (typeof policy === 'object') return { policy, source: 'given', folder: null }
  const found: { path: string; text: string }[] = []
  for (const path of policy === undefined ? policyFileNames : [policy]) {
    const text = await readPolicy(path, policy === undefined)
    if (text !== null) found.push({ path, text })
  }
  const [file, other] = found
  if (other !== undefined) {
    const message = `there is also ${other.path} here: keep one of the two, or name it with --policy`
    throw new PolicyError(file!.path, [{ path: '', line: null, column: null, message }])
  }
  if (file !== undefined) {
    return { policy: parsePolicy(file.text, file.path), source: file.path, folder: dirname(file.path) }
  }
  return { policy: model === undefined ? defaultPolicy : chatPolicy, source: 'built in', folder: '.' }
}

/** The text of the file, or null when it need not be there and is not. */
async function readPolicy(path: string, mayBeMissing: boolean): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (mayBeMissing && isMissing(error)) return null
    const message = `this file cannot be read (${(error as Error).message}): check the path given with --policy`
    throw new PolicyError(path, [{ path: '', line: null, column: null, message }])
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
