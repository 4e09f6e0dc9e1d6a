/** A binary heap of whole numbers, least key first. */

export interface Heap {
  push(key: number, value: number): void
  /** The value of the least key; undefined when empty. */
  pop(): number | undefined
}

export function minHeap(): Heap {
  const keys: number[] = []
  const values: number[] = []
  const put = (at: number, key: number, value: number): void => {
    keys[at] = key
    values[at] = value
  }
  return {
    push(key, value) {
      let at = keys.length
      while (at > 0) {
        const parent = (at - 1) >> 1
        if (keys[parent]! <= key) break
        put(at, keys[parent]!, values[parent]!)
        at = parent
      }
      put(at, key, value)
    },
    pop() {
      const top = values[0]
      const key = keys.pop()
      const value = values.pop()
      if (key === undefined || value === undefined || keys.length === 0) return top
      let at = 0
      for (;;) {
        let child = 2 * at + 1
        if (child >= keys.length) break
        if (child + 1 < keys.length && keys[child + 1]! < keys[child]!) child++
        if (keys[child]! >= key) break
        put(at, keys[child]!, values[child]!)
        at = child
      }
      put(at, key, value)
      return top
    },
  }
}
