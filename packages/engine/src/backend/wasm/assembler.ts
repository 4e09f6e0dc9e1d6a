/**
 * A small WebAssembly assembler: functions written as TypeScript expressions in, the bytes of a module out.
 *
 * An expression is `Code`: bytes, nested as they were written and flattened once at the end. An operand (`Arg`) is
 * code, a local (stands for its own `local.get`) or a number (stands for `i32.const`). Operands come in the order of
 * the specification, so the text reads like the folded text format:
 *
 *     const module = new ModuleBuilder()
 *     module.func('scale', ['i32', 'f32', 'i32'], (f, x, factor, count) => {
 *       const v = f.local('v128')
 *       return [
 *         v.set(op('f32x4.splat', factor)),
 *         repeat(count, store('v128.store', x, 0, op('f32x4.mul', load('v128.load', x), v)), increase(x, 16)),
 *       ]
 *     })
 *     const { scale } = instantiate<'scale'>(module, memory)
 *
 * What there is:
 *   op(name, ...args)                 any instruction without an immediate
 *   load(name, address, offset?)      a load; `offset` is the constant part of the address, free of charge
 *   store(name, address, offset, v)   a store
 *   loadLane, storeLane(name, address, offset, v, lane), extractLane(name, v, lane)
 *   shuffle(a, b, lanes)              16 lanes of bytes, or 8 or 4 wider ones
 *   f32(x), vector.f32(x), vector.i32(x), vector.i16(x), vector.u8(x)     constants; a vector holds x in every lane
 *   vector.of(lanes)                  a vector of lanes of their own
 *   local.set(v), local.tee(v), increase(local, by)
 *   when(condition, ...body), repeat(counter, ...body)
 *   module.call(name, ...args)        a function that was added before
 *
 * A module imports one memory (`env.memory`) and exports every function by its name. Types are not checked here:
 * the host's validator does that on instantiation, and an arity mistake surfaces there as a CompileError.
 * Left out on purpose: tables, globals, i64, exceptions; no kernel needs them.
 */
import { BackendUnavailableError, OutOfMemoryError } from '../../errors.ts'
import { type Opcode, opcodes } from './opcodes.ts'

export type ValueType = 'i32' | 'f32' | 'v128'
export type Code = readonly (number | Code)[]
export type Arg = Code | Local | number

const valueTypes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b }

/** Unsigned LEB128 of 0 <= value < 2^32. */
export function unsignedLeb(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) | 0x80)
  }
}

/** Signed LEB128 of a 32-bit integer; values of 2^31 and above are taken as their negative twin. */
export function signedLeb(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value | 0; ; rest >>= 7) {
    const byte = rest & 0x7f
    if (rest >> 6 === 0 || rest >> 6 === -1) return [...bytes, byte]
    bytes.push(byte | 0x80)
  }
}

/** A parameter or variable of a function. */
export class Local {
  readonly index: number
  readonly type: ValueType
  readonly get: Code
  constructor(index: number, type: ValueType) {
    this.index = index
    this.type = type
    this.get = [0x20, ...unsignedLeb(index)]
  }
  set(value: Arg): Code {
    return [code(value), 0x21, ...unsignedLeb(this.index)]
  }
  tee(value: Arg): Code {
    return [code(value), 0x22, ...unsignedLeb(this.index)]
  }
}

function code(arg: Arg): Code {
  if (typeof arg === 'number') return [0x41, ...signedLeb(arg)]
  return arg instanceof Local ? arg.get : arg
}

const encoded = new Map<Opcode, Code>()
for (const [name, value] of Object.entries(opcodes) as [Opcode, number][]) {
  encoded.set(name, value < 0x100 ? [value] : [value >> 12, ...unsignedLeb(value & 0xfff)])
}

function opcode(name: Opcode): Code {
  return encoded.get(name)!
}

export function op(name: Opcode, ...args: Arg[]): Code {
  const parts: Code[] = args.map(code)
  parts.push(opcode(name))
  return parts
}

// The alignment hint is always 0 (one byte): blocks of 34 and 18 bytes are rarely aligned, and engines ignore it.
function memoryArg(offset: number): Code {
  return [0, ...unsignedLeb(offset)]
}

export function load(name: Opcode, address: Arg, offset = 0): Code {
  return [code(address), opcode(name), memoryArg(offset)]
}

export function store(name: Opcode, address: Arg, offset: number, value: Arg): Code {
  return [code(address), code(value), opcode(name), memoryArg(offset)]
}

/** `value` with one lane from memory. */
export function loadLane(name: Opcode, address: Arg, offset: number, value: Arg, lane: number): Code {
  return storeLane(name, address, offset, value, lane)
}

export function storeLane(name: Opcode, address: Arg, offset: number, value: Arg, lane: number): Code {
  return [code(address), code(value), opcode(name), memoryArg(offset), lane]
}

export function extractLane(name: Opcode, value: Arg, lane: number): Code {
  return [code(value), opcode(name), lane]
}

/** Picks lanes of `a` then `b` (numbered through); the number of lanes given says how wide each is. */
export function shuffle(a: Arg, b: Arg, lanes: readonly number[]): Code {
  const width = 16 / lanes.length
  const bytes = lanes.flatMap((lane) => Array.from({ length: width }, (_, i) => lane * width + i))
  return [code(a), code(b), opcode('i8x16.shuffle'), ...bytes]
}

export function f32(value: number): Code {
  return [0x43, ...new Uint8Array(Float32Array.of(value).buffer)]
}

function repeated(lane: ArrayBufferLike): Code {
  const bytes = new Uint8Array(lane)
  const all: number[] = [0xfd, 0x0c]
  for (let i = 0; i < 16; i++) all.push(bytes[i % bytes.length]!)
  return all
}

/** v128 constants with one value in every lane. */
export const vector = {
  f32: (value: number): Code => repeated(Float32Array.of(value).buffer),
  i32: (value: number): Code => repeated(Int32Array.of(value).buffer),
  i16: (value: number): Code => repeated(Int16Array.of(value).buffer),
  u8: (value: number): Code => repeated(Uint8Array.of(value).buffer),
  /** Lanes of their own: 16 bytes, or fewer to be repeated. */
  of: (lanes: Int8Array | Uint8Array | Int16Array | Int32Array): Code => repeated(lanes.slice().buffer),
} as const

export function increase(local: Local, by: Arg): Code {
  return local.set(op('i32.add', local, by))
}

export function when(condition: Arg, ...body: Code[]): Code {
  return [code(condition), 0x04, 0x40, ...body, 0x0b]
}

/** Runs the body `counter` times; the counter is counted down to 0. */
export function repeat(counter: Local, ...body: Code[]): Code {
  const again: Code = [counter.tee(op('i32.sub', counter, 1)), 0x0d, 0]
  return when(counter, [0x03, 0x40, ...body, again, 0x0b])
}

/** One function being written: hands out its variables. */
export class FunctionBuilder {
  readonly params: readonly Local[]
  readonly #variables: ValueType[] = []
  constructor(params: readonly ValueType[]) {
    this.params = params.map((type, index) => new Local(index, type))
  }
  local(type: ValueType): Local {
    this.#variables.push(type)
    return new Local(this.params.length + this.#variables.length - 1, type)
  }
  locals(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type))
  }
  body(content: Code): Uint8Array {
    const declared = this.#variables.flatMap((type) => [1, valueTypes[type]])
    const end = flatten([...unsignedLeb(this.#variables.length), ...declared, content, 0x0b], 0)
    return room.slice(0, end)
  }
}

/** Where functions are written; it grows with the largest. */
let room = new Uint8Array(65_536)

/** Writes the bytes of `content` to `room` from `at` on; returns where they end. */
function flatten(content: Code, at: number): number {
  let to = at
  for (const item of content) {
    if (typeof item !== 'number') to = flatten(item, to)
    else {
      if (to === room.length) {
        const larger = new Uint8Array(2 * to)
        larger.set(room)
        room = larger
      }
      room[to++] = item
    }
  }
  return to
}

interface Definition {
  readonly name: string
  readonly signature: readonly number[]
  readonly body: Uint8Array
}

/** A module being written. */
export class ModuleBuilder {
  readonly #functions: Definition[] = []

  /** Adds and exports a function; `write` gets the builder and the parameters and returns the body. */
  func(
    name: string,
    params: readonly ValueType[],
    write: (f: FunctionBuilder, ...params: Local[]) => Code,
    result?: ValueType,
  ): this {
    const builder = new FunctionBuilder(params)
    const body = builder.body(write(builder, ...builder.params))
    const results = result === undefined ? [0] : [1, valueTypes[result]]
    const signature = [0x60, params.length, ...params.map((type) => valueTypes[type]), ...results]
    this.#functions.push({ name, signature, body })
    return this
  }

  /** Calls a function that was added before: a loop in a small function of its own gets all of the host's registers. */
  call(name: string, ...args: Arg[]): Code {
    return [args.map(code), 0x10, ...unsignedLeb(this.#functions.findIndex((f) => f.name === name))]
  }

  /** `shared`: for a memory that threads share, of any size up to 4 GiB; else for one of its own. */
  toBytes(shared = false): Uint8Array<ArrayBuffer> {
    const all = this.#functions
    const limits = shared ? [0x03, 0x00, ...unsignedLeb(65_536)] : [0x00, 0x00]
    const memoryImport = [...text('env'), ...text('memory'), 0x02, ...limits]
    // One type a function: a handful of bytes more than sharing them, and one thing less to get wrong.
    const sections: [id: number, items: (readonly number[] | Uint8Array)[]][] = [
      [1, all.map((f) => f.signature)],
      [2, [memoryImport]],
      [3, all.map((_, index) => unsignedLeb(index))],
      [7, all.map((f, index) => [...text(f.name), 0x00, ...unsignedLeb(index)])],
      [10, all.flatMap((f) => [unsignedLeb(f.body.length), f.body])],
    ]
    const parts: (readonly number[] | Uint8Array)[] = [[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]]
    for (const [id, items] of sections) {
      const count = unsignedLeb(id === 10 ? all.length : items.length)
      const size = items.reduce((sum, item) => sum + item.length, count.length)
      parts.push([id, ...unsignedLeb(size), ...count], ...items)
    }
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value)
  return [...unsignedLeb(bytes.length), ...bytes]
}

/** An exported function: every parameter is a number; pointers above 2^31 are passed as they are. */
export type Kernel = (...args: number[]) => number

/**
 * Compiles the module for this memory, synchronously: most modules are a few kilobytes.
 * Throws BackendUnavailableError when the host refuses to generate code, OutOfMemoryError.
 */
export function instantiate<Name extends string>(
  module: ModuleBuilder,
  memory: WebAssembly.Memory,
): Record<Name, Kernel> {
  const bytes = module.toBytes(!(memory.buffer instanceof ArrayBuffer))
  try {
    const compiled = new WebAssembly.Module(bytes)
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
    return exports as Record<Name, Kernel>
  } catch (error) {
    throw explain(error, bytes)
  }
}

/**
 * The typed error for a host that refuses a valid module: a Content-Security-Policy (CompileError, in Safari
 * EvalError) or Chromium's size limit for the main thread (RangeError). A module that is not valid is a mistake of
 * this package, and its error stays as it is, so that no fallback hides it.
 */
function explain(cause: unknown, bytes: Uint8Array<ArrayBuffer>): unknown {
  const isRefusal =
    cause instanceof WebAssembly.CompileError || cause instanceof EvalError || cause instanceof RangeError
  if (!isRefusal || !WebAssembly.validate(bytes)) return cause
  if (/out of memory/i.test(cause.message)) {
    const message = `the host had no memory to compile ${bytes.length} bytes of WebAssembly: close other models or tabs`
    return new OutOfMemoryError(message, { cause })
  }
  return new BackendUnavailableError(
    `this host refused to compile ${bytes.length} bytes of WebAssembly (${cause.message}): allow 'wasm-unsafe-eval' ` +
      "in the page's Content-Security-Policy, run in a worker, or take the reference backend",
    { cause },
  )
}
