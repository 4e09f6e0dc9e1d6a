/** Compression's public face: what a local model expects anyway is left out, where a certificate allows it. */
export { type CompressedCall, type CompressOptions, compressCall } from './compress-call.ts'
export { type ScoredToken, type TokenScorer, tokenScorer } from './token-scorer.ts'
