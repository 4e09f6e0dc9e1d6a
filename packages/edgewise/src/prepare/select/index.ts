/** Selection's public face: of a long context what the question needs. */
export { type Selected, type SelectOptions, selectContext } from './select-context.ts'
