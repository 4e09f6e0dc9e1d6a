/**
 * The parts kernels are made of, for packages that emit kernels of their own (`@edgewise/engine/wasm`): the assembler, what a
 * host's WebAssembly can do, memory with an allocator, threads over it. An entry of its own, so that a page that only runs
 * models does not load it twice.
 */
export {
  type Arg,
  type Code,
  extractLane,
  FunctionBuilder,
  f32,
  increase,
  type Kernel,
  Local,
  load,
  ModuleBuilder,
  op,
  repeat,
  shuffle,
  store,
  storeLane,
  vector,
  when,
} from './backend/wasm/assembler.ts'
export { detectDot } from './backend/wasm/features.ts'
export { acrossLanes, exp, transpose, zero } from './backend/wasm/kernels/simd.ts'
export { LinearMemory } from './backend/wasm/memory.ts'
export {
  type Call,
  type ChunkArg,
  COUNT,
  perItem,
  perThread,
  ThreadPool,
} from './backend/wasm/threads/pool.ts'
export { offeredThreads } from './backend/wasm/threads/spawn.ts'
