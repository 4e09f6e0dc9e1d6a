/** `pull` in a process of its own: node pull-child.ts <reference>. Prints a JSON line a progress, then the result or the error. */
import { pull } from '../pull.ts'

try {
  const pulled = await pull(process.argv[2]!, {
    onProgress: (progress) => console.log(JSON.stringify(progress)),
  })
  console.log(JSON.stringify({ pulled }))
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message, code: (error as { code?: string }).code }))
}
