/** The keys of a gateway from their file, and the policies some of them have of their own. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ApiKey, type GatewayOptions, KeyFile, KeyFileError, type Served } from '@edgewise/gateway'
import { type DeviceModel, type Edgewise, type Policy, PolicyError, parsePolicy } from 'edgewise'
import type { System } from './system.ts'

/** The key file that is used when the command names none and it lies in the working directory. */
export const keyFileName = 'edgewise.keys.json'

/** The file of keys, which need not be there yet unless it was named. @throws KeyFileError */
export function keysIn(named: string | undefined): KeyFile {
  const file = new KeyFile(resolve(named ?? keyFileName))
  if (named === undefined || file.exists()) return file
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
 * The policy of a key.
 * @throws PolicyError, also when there is no such file
 */
export function keyPolicy(path: string): Policy {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const message = `the policy of a key cannot be read (${(error as Error).message}): check its path, or revoke the key`
    throw new PolicyError(path, [{ path: '', line: null, column: null, message }])
  }
  return parsePolicy(text, path)
}

/**
 * @param named the file, or undefined for the usual one, which may come after the start
 * @throws KeyFileError; PolicyError for the policy of a key, when it is there at the start
 */
export function gatewayKeys(
  system: Pick<System, 'under' | 'device'>,
  named: string | undefined,
): Pick<GatewayOptions, 'keys' | 'forKey'> {
  const file = keysIn(named)
  const served = new Map<string, Served>()
  const forPolicy = (path: string): Served => {
    const known = served.get(path)
    if (known !== undefined) return known
    const policy = keyPolicy(path)
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
