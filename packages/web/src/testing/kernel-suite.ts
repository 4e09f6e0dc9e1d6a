/**
 * The engine's kernel suites as one module for any host: every operation of both backends against sums in double precision,
 * in every form of dot product the host has, and that the forms agree in bits.
 */
import { conformance } from '../../../engine/src/backend/conformance.test-suite.ts'
import { ReferenceBackend } from '../../../engine/src/backend/reference.ts'
import { createWasmBackend } from '../../../engine/src/backend/wasm/backend.ts'
import { type Dot, detectDot } from '../../../engine/src/backend/wasm/features.ts'
import '../../../engine/src/backend/wasm/kernels.test.ts'
import '../../../engine/src/backend/wasm/several-tokens.test.ts'
import { runSuite, type SuiteReport } from './suite-runner.ts'

conformance('reference', () => new ReferenceBackend())
conformance('wasm, relaxed SIMD where the host has it', () => createWasmBackend())
conformance('wasm, SIMD128', () => createWasmBackend({ relaxed: false }))

export interface KernelSuiteReport extends SuiteReport {
  /** The form of dot product of this host. */
  readonly dot: Dot
}

export async function runKernelSuite(): Promise<KernelSuiteReport> {
  return { ...(await runSuite()), dot: detectDot() }
}
