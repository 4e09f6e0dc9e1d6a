/**
 * SHA-256 of bytes, as hex. Node has it without a turn of the event loop, which a call of half a millisecond would notice;
 * everywhere else the Web Crypto API has it.
 */

interface NodeHash {
  update(data: Uint8Array): NodeHash
  digest(encoding: 'hex'): string
}

interface NodeCrypto {
  createHash(name: 'sha256'): NodeHash
}

const nodeCrypto: NodeCrypto | undefined = (
  globalThis as { process?: { getBuiltinModule?: (name: string) => NodeCrypto } }
).process?.getBuiltinModule?.('node:crypto')

/** The digest of `chunks`, one after the other. */
export function digestHex(chunks: readonly Uint8Array[]): string | Promise<string> {
  if (nodeCrypto === undefined) return webDigest(chunks)
  const hash = nodeCrypto.createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

async function webDigest(chunks: readonly Uint8Array[]): Promise<string> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
