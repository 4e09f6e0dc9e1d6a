/** Selection's public face: of a long context what the question needs. */
export { likelihoodScorer, type PassageScorer } from './passage-scorer.ts'
export { type Selected, type SelectOptions, selectContext } from './select-context.ts'
