/** The engine's public face: GGUF in, tokens out. The same import in browser, worker and Node. */
export { type Adapter, adaptable, type LowRank } from './adapter/adapter.ts'
export { type MergePlan, mergeAdapter, mergeRows, planMerge } from './adapter/merge.ts'
export { type PeftFiles, readPeft } from './adapter/peft.ts'
export { readAdapter, writeAdapter } from './adapter/read-gguf.ts'
export type { AttentionShape, Backend, Floats, HeadShape, KernelChoice, Weight } from './backend/backend.ts'
export { ReferenceBackend } from './backend/reference.ts'
export { type BackendChoice, selectBackend } from './backend/select.ts'
export { createWasmBackend } from './backend/wasm/backend.ts'
export { type Bandwidth, measureReadBandwidth } from './backend/wasm/bandwidth.ts'
export type { TuneStore } from './backend/wasm/tune/store.ts'
export { type CanRun, canRun, type Device } from './can-run.ts'
export * from './chat/index.ts'
export { type ConstraintSource, compileConstraint, type Whitespace } from './constrain/compile.ts'
export type { Constraint, ConstraintState } from './constrain/constraint.ts'
export type { TokenBytes } from './constrain/mask/vocabulary.ts'
export type { Schema } from './constrain/schema/keywords.ts'
export { type EmbedOptions, embed, type Pooling } from './embed/embed.ts'
export * from './errors.ts'
export { DraftModel } from './generate/draft-model.ts'
export type { Draft, Drafter } from './generate/drafter.ts'
export {
  type GeneratedToken,
  type GenerateOptions,
  type GenerationEnd,
  generate,
} from './generate/generate.ts'
export { seededRandom } from './generate/random.ts'
export {
  argmax,
  createSampler,
  logProbability,
  type Sampled,
  type Sampler,
  type SamplingOptions,
} from './generate/sample.ts'
export { type StopFilter, stopFilter } from './generate/stop.ts'
export type { TopToken } from './generate/top-tokens.ts'
export { type Turn, turns } from './generate/turns.ts'
export * from './gguf/metadata.ts'
export { type Gguf, readGguf, readGgufFrom, type Tensor, tensorBytes } from './gguf/read.ts'
export { byteLength, type TensorType, tensorTypes } from './gguf/types.ts'
export {
  type GgufContent,
  type GgufHeader,
  type GgufTensor,
  ggufHeader,
  type PlacedTensor,
  type TensorShape,
  writeGguf,
} from './gguf/write.ts'
export { interleaveHeads } from './hf/head-rows.ts'
export { checkpointName } from './hf/names.ts'
export { readSafetensors, readSafetensorsFrom, type SafeTensor } from './hf/safetensors.ts'
export { offeredMemory } from './host-memory.ts'
export { type Config, readConfig } from './model/config.ts'
export { type Model, type OpenOptions, openModel } from './model/model.ts'
export type { Session } from './model/session.ts'
export { opfsStore } from './prefix/opfs-store.ts'
export { PrefixCache, type PrefixCacheOptions } from './prefix/prefix-cache.ts'
export type { SnapshotProblem } from './prefix/snapshot.ts'
export {
  type LoadedPrefix,
  type PrefixStore,
  type StoredFile,
  StoredPrefixes,
  type StoredPrefixesOptions,
} from './prefix/stored-prefixes.ts'
export { dequantize, quantize } from './quant/quant.ts'
export {
  convertRows,
  type PlannedTensor,
  planQuantization,
  type QuantizationPlan,
} from './quant/quantize-plan.ts'
export { type FileType, fileTypes } from './quant/recipe.ts'
export { blobSource } from './source/blob-source.ts'
export { handleSource, type ReadableHandle } from './source/handle-source.ts'
export { memorySource } from './source/memory-source.ts'
export type { Fetch } from './source/range-request.ts'
export type { Patience } from './source/retry.ts'
export type { ByteSource } from './source/source.ts'
export { type SourceLike, toSource } from './source/to-source.ts'
export { type UrlOptions, type UrlSource, urlSource } from './source/url-source.ts'
export { textToAlphabet } from './tokenizer/byte-alphabet.ts'
export type { TokenType } from './tokenizer/token-types.ts'
export { type EncodeOptions, type TextStream, Tokenizer } from './tokenizer/tokenizer.ts'
