import { conformance } from './conformance.test-suite.ts'
import { ReferenceBackend } from './reference.ts'

conformance('reference', () => new ReferenceBackend())
