/** A user as receipts, budgets and caches know one. */
import { digestHex } from '../cloud/digest.ts'

const utf8 = new TextEncoder()

/** SHA-256, its first 16 hex digits. */
export const userDigest = async (user: string): Promise<string> =>
  (await digestHex([utf8.encode(user)])).slice(0, 16)
