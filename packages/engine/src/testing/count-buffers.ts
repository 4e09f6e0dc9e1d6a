/** The bytes of all buffers made while something runs, whether or not they were let go again. */

const names = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigUint64Array',
  'BigInt64Array',
] as const

type Maker = new (...args: never[]) => ArrayBufferLike | ArrayBufferView

/** Nothing else may run meanwhile that makes buffers. A view of a buffer that is there makes none. */
export async function countBuffers<T>(run: () => Promise<T>): Promise<{ result: T; bytes: number }> {
  let bytes = 0
  const scope = globalThis as unknown as Record<(typeof names)[number], Maker>
  const originals = names.map((name) => scope[name])
  const counting: ProxyHandler<Maker> = {
    construct(target, args: unknown[]) {
      const made = Reflect.construct(target, args)
      if (!(args[0] instanceof originals[0]!)) bytes += made.byteLength
      return made
    },
  }
  for (const [i, name] of names.entries()) scope[name] = new Proxy(originals[i]!, counting)
  try {
    const result = await run()
    return { result, bytes }
  } finally {
    for (const [i, name] of names.entries()) scope[name] = originals[i]!
  }
}
