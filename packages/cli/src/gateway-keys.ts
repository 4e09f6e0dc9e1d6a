/** The keys of a gateway from their file, and the policies some of them have of their own. */
import { readFileSync } from 'node:fs'
import { type ApiKey, type GatewayOptions, KeyFile, KeyFileError, type Served } from '@edgewise/gateway'
import { type DeviceModel, type Edgewise, type Policy, parsePolicy } from 'edgewise'
import type { System } from './system.ts'

/** The key file that is used when the command names none and it lies in the working directory. */
export const keyFileName = 'edgewise.keys.json'

/** The file of keys, or undefined where there is none. @throws KeyFileError when the one that was named is not there */
export function keysIn(named: string | undefined): KeyFile | undefined {
  const file = new KeyFile(named ?? keyFileName)
  if (file.exists()) return file
  if (named === undefined) return undefined
  throw new KeyFileError(
    named,
    `there is no such file: make a key with "edgewise keys add <name> --keys ${named}"`,
  )
}

/** What a router answers over HTTP: its tasks as models, the device's embeddings and, where they can be had, the cloud's. */
export function servedBy(router: Edgewise, { tasks, cloud }: Policy, device: DeviceModel): Served {
  const ids = [
    ...(device.embed === undefined ? [] : [device.modelId]),
    ...(cloud?.embedding === undefined || !router.cloudStatus.ready ? [] : [cloud.embedding.model]),
  ]
  const embeddings = ids.map((id) => router.embeddingModel(id))
  return { model: router(), tasks: Object.keys(tasks), embeddings }
}

/**
 * @param named the file, or undefined for the usual one
 * @throws KeyFileError; PolicyError for the policy of a key, when it is there at the start
 */
export function gatewayKeys(
  system: Pick<System, 'under' | 'device'>,
  named: string | undefined,
): Pick<GatewayOptions, 'keys' | 'forKey'> {
  const file = keysIn(named)
  if (file === undefined) return {}
  const served = new Map<string, Served>()
  const forPolicy = (path: string): Served => {
    const known = served.get(path)
    if (known !== undefined) return known
    const policy = parsePolicy(readFileSync(path, 'utf8'), path)
    const made = servedBy(system.under(policy), policy, system.device.model)
    served.set(path, made)
    return made
  }
  for (const { policy } of file.read()) if (policy !== undefined) forPolicy(policy)
  return {
    keys: () => file.current(),
    forKey: (key: ApiKey) => (key.policy === undefined ? undefined : forPolicy(key.policy)),
  }
}
