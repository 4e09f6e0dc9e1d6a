/** Where what is installed and made here lies: outside the project, so that nothing of it is ever committed. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** EDGEWISE_RUNTIMES_DIR, or a folder of the system's for temporary files. */
export const root: string = process.env.EDGEWISE_RUNTIMES_DIR ?? join(tmpdir(), 'edgewise-runtimes')

export const hfFolder: string = join(root, 'hf')
export const litertFile: string = join(root, 'litert-model', 'model.litertlm')
export const executorchFile: string = join(root, 'pte', 'edgewise.pte')

/** A virtual environment's program. */
export const program = (environment: string, name: string): string => join(root, environment, 'bin', name)
