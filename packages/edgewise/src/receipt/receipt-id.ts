/** The id of a receipt. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const LENGTH = 24
/** Random bytes for the next ids: asking for a few costs as much as asking for many. */
const pool = new Uint8Array(LENGTH * 128)
let used: number = pool.length

/** `rcp_` and 24 random characters that are safe in a URL (144 bits). */
export function receiptId(): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  let id = 'rcp_'
  for (const end = used + LENGTH; used < end; used++) id += ALPHABET[pool[used]! & 63]
  return id
}
