/** A receipt on the terminal. A file of its own: it brings the router with it, which most commands do without. */
import type { Receipt } from '@edgewise/evidence'
import { formatReceipt } from 'edgewise'
import { dim } from './show.ts'

/** The receipt as a block, its labels dimmed. */
export function showReceipt(receipt: Receipt): string {
  return formatReceipt(receipt).replace(/^\S+ +/gm, (label) => dim(label))
}
