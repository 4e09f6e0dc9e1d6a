/**
 * SwiGLU of rows [gate | up], `width` numbers each (a multiple of 4): out = gate sigmoid(gate) up.
 * sigmoid(g) = (g < 0 ? e : 1) / (1 + e) with e = e^-|g|, so that nothing overflows.
 */
import {
  type Code,
  exp,
  type FunctionBuilder,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  vector,
  zero,
} from '@edgewise/engine/wasm'

export function addSwigluKernels(module: ModuleBuilder): void {
  swiglu(module)
  swigluGradient(module)
}

function sigmoid(f: FunctionBuilder, g: Local, e: Local): Code {
  return [
    e.set(exp(f, op('f32x4.mul', op('f32x4.abs', g), vector.f32(-1)))),
    op(
      'f32x4.div',
      op('v128.bitselect', e, vector.f32(1), op('f32x4.lt', g, zero)),
      op('f32x4.add', vector.f32(1), e),
    ),
  ]
}

/** swiglu(out, gateUp, n, width): out [n, width]. */
function swiglu(module: ModuleBuilder): void {
  module.func('swiglu', ['i32', 'i32', 'i32', 'i32'], (f, out, gateUp, n, width) => {
    const [left, up, rowBytes] = f.locals('i32', 3) as [Local, Local, Local]
    const [g, e, s] = f.locals('v128', 3) as [Local, Local, Local]
    return [
      rowBytes.set(op('i32.shl', width, 2)),
      repeat(
        n,
        up.set(op('i32.add', gateUp, rowBytes)),
        left.set(op('i32.shr_u', width, 2)),
        repeat(
          left,
          g.set(load('v128.load', gateUp)),
          s.set(sigmoid(f, g, e)),
          store('v128.store', out, 0, op('f32x4.mul', op('f32x4.mul', g, s), load('v128.load', up))),
          increase(out, 16),
          increase(gateUp, 16),
          increase(up, 16),
        ),
        gateUp.set(up),
      ),
    ]
  })
}

/** swigluGradient(gateUp, dOut, n, width): gate and up give way to their gradients. d gate = dOut up s (1 + gate (1 - s)), d up = dOut gate s. */
function swigluGradient(module: ModuleBuilder): void {
  module.func('swigluGradient', ['i32', 'i32', 'i32', 'i32'], (f, gateUp, dOut, n, width) => {
    const [left, up, rowBytes] = f.locals('i32', 3) as [Local, Local, Local]
    const [g, e, s, d] = f.locals('v128', 4) as [Local, Local, Local, Local]
    const slope = op('f32x4.add', vector.f32(1), op('f32x4.mul', g, op('f32x4.sub', vector.f32(1), s)))
    return [
      rowBytes.set(op('i32.shl', width, 2)),
      repeat(
        n,
        up.set(op('i32.add', gateUp, rowBytes)),
        left.set(op('i32.shr_u', width, 2)),
        repeat(
          left,
          g.set(load('v128.load', gateUp)),
          s.set(sigmoid(f, g, e)),
          d.set(op('f32x4.mul', load('v128.load', dOut), s)),
          store('v128.store', gateUp, 0, op('f32x4.mul', op('f32x4.mul', d, load('v128.load', up)), slope)),
          store('v128.store', up, 0, op('f32x4.mul', d, g)),
          increase(dOut, 16),
          increase(gateUp, 16),
          increase(up, 16),
        ),
        gateUp.set(up),
      ),
    ]
  })
}
