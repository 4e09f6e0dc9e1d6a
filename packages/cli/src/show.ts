/** How the command looks on a terminal: colours only where the stream can show them (NO_COLOR is heeded). */
import { styleText } from 'node:util'

export const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })
export const dim = (text: string): string => styleText('dim', text, { stream: process.stdout })
