/** The law of memory, as fitted: effects by factor in the order of laws.ts, and by level. Written by `npm run advisor:fit`. */
import type { KeptLaw } from '../read-fitted.ts'

export const memory: KeptLaw = {
  noise: 0.0639,
  factors: [
    { name: 'all', spread: 0.1877, levels: ['all -0.071 0.0112'] },
    {
      name: 'runtime',
      spread: 0.2401,
      levels: [
        'cactus/cpu -1.2572 0.0816; executorch/cpu 0.0668 0.0287; litertlm/cpu -0.0756 0.0383',
        'litertlm/gpu -0.4632 0.0326; llamacpp/gpu 0.1279 0.0162; mediapipe/cpu 0.024 0.0563',
        'mlx/gpu 0.0259 0.0211; ollama/gpu 0.0471 0.0285',
      ],
    },
    {
      name: 'device and runtime',
      spread: 0.1972,
      levels: [
        'galaxy-a16/mediapipe/cpu 0.026 0.0307; iphone-15pro/cactus/cpu -0.2395 0.0412',
        'lunar-lake/litertlm/cpu 0.3442 0.0369; lunar-lake/litertlm/gpu 0.4021 0.024',
        'm2-max/llamacpp/gpu -0.1195 0.0078; m2-max/mlx/gpu 0.003 0.016',
        'm4-max/litertlm/gpu -0.0525 0.0213; m4-max/llamacpp/gpu 0.0794 0.0108',
        'm4-max/mlx/gpu 0.0457 0.0151; m4-pro/cactus/cpu 0.065 0.0304; m4/litertlm/cpu -1.1404 0.0433',
        'oneplus-12/executorch/cpu 0.0634 0.0241; rtx3060/llamacpp/gpu 0.1186 0.0113',
        'rtx3080/llamacpp/gpu -0.1523 0.009; rtx3080/ollama/gpu 0.0583 0.0233',
        'rtx4070ti/llamacpp/gpu 0.1342 0.0106; rtx4090/litertlm/gpu -0.5867 0.0272',
      ],
    },
    {
      name: 'beside it',
      spread: 0.9956,
      levels: [
        'cactus/cpu/laptop 0.975 0.3876; cactus/cpu/phone -0.5047 0.9695',
        'executorch/cpu/phone 1.6746 0.0763; litertlm/cpu/laptop -0.079 0.9909',
        'litertlm/gpu/desktop-gpu -0.288 0.9902; litertlm/gpu/laptop 1.6022 0.036',
        'llamacpp/gpu/desktop-gpu 2.0597 0.0461; llamacpp/gpu/laptop -0.5774 0.2141',
        'mediapipe/cpu/phone-mid 0.3476 0.2248; mlx/gpu/laptop 0.3853 0.0506',
        'ollama/gpu/desktop-gpu 1.1245 0.9394',
      ],
    },
    {
      name: 'prompt',
      spread: 1.1899,
      levels: [
        'cactus/cpu -0.2371 1.4538; executorch/cpu 0.004 1.4668; litertlm/cpu -0.0415 1.4603',
        'litertlm/gpu -0.0777 1.4534; llamacpp/gpu -0.2273 1.3262; mediapipe/cpu 0 1.4668',
        'mlx/gpu 3.2771 0.018; ollama/gpu 0 1.4668',
      ],
    },
  ],
}
