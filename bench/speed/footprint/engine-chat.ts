/** What a page needs to chat: the file's own template, too, with the package that runs it. */
import { chatTemplate, generate, openModel } from '../../../packages/engine/src/index.ts'

Object.assign(globalThis, { chatTemplate, generate, openModel })
