/** Weights that PyTorch's golden file was made with (goldens/training.py): a linear congruence over a name's CRC. */
import { crc32 } from 'node:zlib'
import { randomModel } from '../../../../engine/src/testing/random-model.ts'
import { openTrainable, type Trainable } from '../trainable.ts'
import golden from './golden.json' with { type: 'json' }

/** [count] numbers in [-0.5, 0.5). */
export function made(name: string, count: number): Float32Array {
  let x = crc32(name)
  return Float32Array.from({ length: count }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return x / 2 ** 32 - 0.5
  })
}

/** The golden model. */
export async function madeModel(tied: boolean): Promise<Trainable> {
  const model = await openTrainable(randomModel({ ...golden.shape, tied }))
  for (const { name, rows, cols } of model.layout.entries.values()) {
    const isGain = rows === 1
    model.tensor(name).set(made(name, rows * cols).map((value) => (isGain ? 1 + 0.5 * value : 0.8 * value)))
  }
  return model
}
