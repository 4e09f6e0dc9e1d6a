/** The one worker of this page. */
import { tabRunner } from './tab-runner.ts'

export const thisTab = tabRunner(
  () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
)
