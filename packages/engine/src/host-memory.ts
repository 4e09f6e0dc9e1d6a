/** What memory the host would give this process, as far as it tells. */

/** A browser tells all the device's memory, of which a tab gets about a half before the system ends it. */
const SHARE_OF_DEVICE = 0.5
/** A server tells what is free now, and is not the only one who will want it. */
const SHARE_OF_FREE = 0.9

interface Host {
  /** Chromium: GiB of the device, rounded down to a power of two and capped. */
  readonly navigator?: { readonly deviceMemory?: number }
  /** Node: free bytes, or what a container's limit leaves of them. */
  readonly process?: { availableMemory?(): number }
}

/** Bytes; undefined where the host does not tell (Firefox, Safari). */
export function offeredMemory(host: Host = globalThis as Host): number | undefined {
  const free = host.process?.availableMemory?.()
  if (free !== undefined) return free * SHARE_OF_FREE
  const device = host.navigator?.deviceMemory
  return device === undefined ? undefined : device * 2 ** 30 * SHARE_OF_DEVICE
}
