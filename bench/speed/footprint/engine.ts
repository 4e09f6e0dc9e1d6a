/** What a page needs to complete texts. */
import { generate, openModel } from '../../../packages/engine/src/index.ts'

Object.assign(globalThis, { generate, openModel })
