/** Files of recorded outcomes: the trace format, read and written as a stream, and readers of public sets. Node only. */
export { openTrace } from './open-trace.ts'
export { readTrace } from './read-trace.ts'
export { TraceError, type TraceErrorCode, type TracePlace } from './trace-error.ts'
export { formatTraceLine, parseTraceLine } from './trace-line.ts'
export { writeTrace } from './write-trace.ts'
