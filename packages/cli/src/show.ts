/** How the command looks on a terminal: colours only where the stream can show them (NO_COLOR is heeded). */
import { styleText } from 'node:util'
import type { Receipt } from '@edgewise/evidence'
import { formatReceipt } from 'edgewise'

export const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })
export const dim = (text: string): string => styleText('dim', text, { stream: process.stdout })

/** The receipt as a block, its labels dimmed. */
export function showReceipt(receipt: Receipt): string {
  return formatReceipt(receipt).replace(/^\S+ +/gm, (label) => dim(label))
}
