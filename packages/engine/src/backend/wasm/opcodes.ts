/**
 * The WebAssembly instructions the kernels use, by the names of the specification, with their opcodes.
 * A one-byte opcode is written as it is; an opcode behind a prefix as prefix * 0x1000 + code.
 * Source: WebAssembly 3.0 core specification, "Index of Instructions" (relaxed SIMD is 0xfd 0x100 and above).
 */
export const opcodes = {
  'i32.load8_u': 0x2d,
  'i32.load16_u': 0x2f,
  'i32.store16': 0x3b,

  drop: 0x1a,
  select: 0x1b,

  'i32.ne': 0x47,
  'i32.gt_u': 0x4b,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_u': 0x6e,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.shl': 0x74,
  'i32.shr_u': 0x76,

  'f32.sqrt': 0x91,
  'f32.add': 0x92,
  'f32.div': 0x95,
  'f32.convert_i32_u': 0xb3,

  'v128.load': 0xfd000,
  'v128.load8x8_s': 0xfd001,
  'v128.load16x4_s': 0xfd003,
  'v128.load16x4_u': 0xfd004,
  'v128.load16_splat': 0xfd008,
  'v128.load32_splat': 0xfd009,
  'v128.load64_splat': 0xfd00a,
  'v128.store': 0xfd00b,
  'v128.load32_zero': 0xfd05c,
  'v128.load32_lane': 0xfd056,
  'v128.store32_lane': 0xfd05a,
  'v128.store64_lane': 0xfd05b,

  'i8x16.shuffle': 0xfd00d,
  'i8x16.swizzle': 0xfd00e,
  'i32x4.splat': 0xfd011,
  'f32x4.splat': 0xfd013,
  'i32x4.extract_lane': 0xfd01b,
  'f32x4.extract_lane': 0xfd01f,

  'i8x16.eq': 0xfd023,
  'i8x16.gt_s': 0xfd027,
  'f32x4.eq': 0xfd041,
  'f32x4.lt': 0xfd043,
  'f32x4.gt': 0xfd044,
  'f32x4.ge': 0xfd046,

  'v128.and': 0xfd04e,
  'v128.or': 0xfd050,
  'v128.xor': 0xfd051,
  'v128.bitselect': 0xfd052,

  'i8x16.abs': 0xfd060,
  'i8x16.narrow_i16x8_s': 0xfd065,
  'i8x16.sub': 0xfd071,

  'i16x8.extadd_pairwise_i8x16_s': 0xfd07c,
  'i16x8.extadd_pairwise_i8x16_u': 0xfd07d,
  'i32x4.extadd_pairwise_i16x8_s': 0xfd07e,
  'i16x8.narrow_i32x4_s': 0xfd085,
  'i16x8.extend_low_i8x16_s': 0xfd087,
  'i16x8.extend_high_i8x16_s': 0xfd088,
  'i16x8.extend_low_i8x16_u': 0xfd089,
  'i16x8.extend_high_i8x16_u': 0xfd08a,
  'i16x8.shl': 0xfd08b,
  'i16x8.shr_s': 0xfd08c,
  'i16x8.shr_u': 0xfd08d,
  'i16x8.add': 0xfd08e,
  'i16x8.sub': 0xfd091,
  'i16x8.mul': 0xfd095,

  'i32x4.neg': 0xfd0a1,
  'i32x4.extend_low_i16x8_s': 0xfd0a7,
  'i32x4.extend_high_i16x8_s': 0xfd0a8,
  'i32x4.shl': 0xfd0ab,
  'i32x4.shr_s': 0xfd0ac,
  'i32x4.shr_u': 0xfd0ad,
  'i32x4.add': 0xfd0ae,
  'i32x4.sub': 0xfd0b1,
  'i32x4.mul': 0xfd0b5,
  'i32x4.min_s': 0xfd0b6,
  'i32x4.max_s': 0xfd0b8,
  'i32x4.dot_i16x8_s': 0xfd0ba,

  'f32x4.abs': 0xfd0e0,
  'f32x4.add': 0xfd0e4,
  'f32x4.sub': 0xfd0e5,
  'f32x4.mul': 0xfd0e6,
  'f32x4.div': 0xfd0e7,
  'f32x4.pmin': 0xfd0ea,
  'f32x4.pmax': 0xfd0eb,
  'f32x4.convert_i32x4_s': 0xfd0fa,

  'i8x16.relaxed_swizzle': 0xfd100,
  'f32x4.relaxed_madd': 0xfd105,
  'i16x8.relaxed_dot_i8x16_i7x16_s': 0xfd112,
  'i32x4.relaxed_dot_i8x16_i7x16_add_s': 0xfd113,
} as const

export type Opcode = keyof typeof opcodes
