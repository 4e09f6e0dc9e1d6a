/**
 * Weights in blocks of 256 times one token's rounded activations, four rows at once. The integers of a block are summed
 * exactly, each group's times its sub-scale; only then comes f32: sum += integers * (d * dx), and where there are minima
 * sum -= (sub-minima times sums of activations) * (dmin * dx). So every backend gives the same bits.
 *
 * A group's products come in four lanes of 32 bits. Those of a unit, two groups, are narrowed to 16 bits, laid beside the next
 * row's and multiplied with the sub-scales of both rows by one i32x4.dot_i16x8_s; lanes are added by twos before, where 16 bits
 * hold that. Sums of codes that stand for code - offset may pass 16 bits there, as what corrects them brings them back.
 * Where 16 bits do not even hold a lane (codes of eight bits), they are multiplied as they are.
 */
import { type Code, type FunctionBuilder, type Local, load, op } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { ActivationFormat } from './activation-format.ts'
import { groupIntegers, type Sixteen } from './group-integers.ts'
import { even32, high32, high64, low32, low64, odd32 } from './lanes.ts'
import { zero } from './simd.ts'
import { subScalesOfFour } from './sub-scales.ts'
import type { RowProduct, Steps } from './tile.ts'
import type { Read, WeightFormat } from './weight-format.ts'

export function rowSuperBlock(
  format: WeightFormat,
  activation: ActivationFormat,
  cols: number,
  dot: Dot,
): RowProduct {
  return {
    steps: cols / 256,
    rest: 0,
    weightStep: format.bytes,
    activationStep: activation.bytes,
    ofFour: true,
    begin: (f) => fourBlocks(f, format, activation, dot),
  }
}

function fourBlocks(f: FunctionBuilder, format: WeightFormat, activation: ActivationFormat, dot: Dot): Steps {
  const { bytes, operand, starts, vectors } = activation
  const constants = f.locals('v128', format.constants.length)
  const integers = groupIntegers(f, operand, dot)
  const subScales = subScalesOfFour(f, format, activation, constants)
  const lane = largestLane(format)
  const [scale, minima] = [f.local('v128'), f.local('v128')]
  const totals = f.locals('v128', 2)
  const kept = f.locals('v128', 4)
  const q = f.locals('v128', 2 * vectors)
  /** Of either row of a pair. */
  const held = [f.locals('v128', 2), f.locals('v128', 2)] as const

  const add = (pair: number, product: Code): Code =>
    totals[pair]!.set(op('i32x4.add', totals[pair]!, product))
  /** A unit of both rows of a pair, the `i`-th of its strip, times their sub-scales; `start` as `activation-format.ts` says. */
  const multiplied = (unit: number, i: number, pair: number, start?: Code): Code => {
    const [x, y] = held
    if (lane > sixteenBits) {
      return [0, 1].map((half) => {
        const both = op('i32x4.add', low32(x[half]!, y[half]!), high32(x[half]!, y[half]!))
        return add(pair, op('i32x4.mul', both, subScales.ofGroup(2 * unit + half, pair)))
      })
    }
    const [even, odd] = [even32(x[i]!, y[i]!), odd32(x[i]!, y[i]!)]
    if (2 * lane <= sixteenBits) {
      const both = op('i16x8.add', even, odd)
      const whole = start ? op('i16x8.add', both, start) : both
      return add(pair, op('i32x4.dot_i16x8_s', whole, subScales.ofUnit(unit, pair)))
    }
    return [
      scale.set(subScales.ofUnit(unit, pair)),
      [even, odd].map((lanes) => add(pair, op('i32x4.dot_i16x8_s', lanes, scale))),
    ]
  }

  const step: Steps['step'] = (place) => {
    const { rows, weightOffset, activations, activationOffset, sums } = place
    const sum = sums[0]![0]!
    const at = (vectorNumber: number): Code =>
      load('v128.load', activations, activationOffset + 16 * vectorNumber)
    const scaled = (whole: Code, by: WeightFormat['scale']): Code => {
      const [a, b, c, d] = rows.map((row) => by(row, weightOffset))
      const scales = low64(low32(a!, b!), low32(c!, d!))
      return op('f32x4.mul', op('f32x4.convert_i32x4_s', whole), op('f32x4.mul', scales, at(bytes / 16 - 1)))
    }
    const startsAt = activationOffset + 128 * vectors
    const startOfGroup = (group: number): Code | undefined =>
      starts > 0 ? load('v128.load', activations, startsAt + 16 * group) : undefined
    const startOfUnit = (unit: number): Code | undefined =>
      starts > 0 ? load('v128.load64_splat', activations, startsAt + 8 * unit) : undefined
    const strip = (chunks: readonly number[]): Code => {
      const parts = (row: Local, group: number, read: Read): Sixteen[] =>
        Array.from({ length: format.group / 16 }, (_, i) => {
          const k = (group * format.group) / 16 + i
          const codes = format.codes(row, weightOffset, k, constants, read)
          return { codes, q: q.slice(vectors * chunks.indexOf(k >> 1)), half: k & 1 }
        })
      const units = format.group === 32 ? [chunks[0]! / 2] : chunks
      const unitsOf = (row: Local, into: readonly Local[], then: (unit: number, i: number) => Code): Code => {
        const read = keeping(kept)
        return units.map((unit, i) => {
          const [a, b] = [parts(row, 2 * unit, read), parts(row, 2 * unit + 1, read)]
          const set =
            lane > sixteenBits
              ? [a, b].map((of, half) => integers.group(into[half]!, of, startOfGroup(2 * unit + half)))
              : integers.unit(into[i]!, a, b)
          return [set, then(unit, i)]
        })
      }
      return [
        chunks.map((chunk, i) =>
          q.slice(vectors * i, vectors * (i + 1)).map((local, j) => local.set(at(vectors * chunk + j))),
        ),
        totals.map((_, pair) => [
          unitsOf(rows[2 * pair]!, held[0], () => []),
          unitsOf(rows[2 * pair + 1]!, held[1], (unit, i) => multiplied(unit, i, pair, startOfUnit(unit))),
        ]),
      ]
    }
    const [first, last] = lane > sixteenBits ? [low64, high64] : [even32, odd32]
    const [x, y] = totals as [Local, Local]
    return [
      subScales.read(place),
      format.min ? minima.set(scaled(subScales.minima(place), format.min)) : [],
      totals.map((total) => total.set(zero)),
      strips(format).map(strip),
      sum.set(op('f32x4.add', sum, scaled(op('i32x4.add', first(x, y), last(x, y)), format.scale))),
      format.min ? sum.set(op('f32x4.sub', sum, minima)) : [],
    ]
  }
  return {
    setUp: [constants.map((local, i) => local.set(format.constants[i]!)), integers.setUp, subScales.setUp],
    step,
  }
}

const sixteenBits = 32_767

/** The largest magnitude of a lane of a group, corrected. */
function largestLane({ code, group }: WeightFormat): number {
  const largest = code === 'signed' ? 128 : Math.max(code.offset, code.largest - code.offset)
  return (group / 4) * largest * 127
}

/** The numbers of a block, by pairs of 32: those whose codes lie in the same bytes. */
function strips(format: WeightFormat): number[][] {
  const apart = format.apart ?? 1
  const all = Array.from({ length: 8 }, (_, i) => i)
  return all.filter((chunk) => (chunk & apart) === 0).map((chunk) => [chunk, chunk + apart])
}

/** Reads a vector once and keeps it in one of `locals`. */
function keeping(locals: readonly Local[]): Read {
  const at: number[] = []
  return (address, offset) => {
    const found = at.indexOf(offset)
    if (found >= 0) return locals[found]!.get
    return locals[at.push(offset) - 1]!.tee(load('v128.load', address, offset))
  }
}
