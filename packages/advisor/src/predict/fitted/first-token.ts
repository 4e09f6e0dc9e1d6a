/** The law of firstToken, as fitted: effects by factor in the order of laws.ts, and by level. Written by `npm run advisor:fit`. */
import type { KeptLaw } from '../read-fitted.ts'

export const firstToken: KeptLaw = {
  noise: 0.05,
  factors: [
    { name: 'all', spread: 0.2751, levels: ['all 0.0637 0.0142'] },
    {
      name: 'runtime',
      spread: 0.2448,
      levels: [
        'executorch/cpu -0.0977 0.028; litertlm/cpu -0.0591 0.0224; litertlm/gpu -0.0268 0.0238',
        'llamacpp/gpu 0.2792 0.0232; mlx/gpu 0.0526 0.0228',
      ],
    },
    {
      name: 'device and runtime',
      spread: 0.181,
      levels: [
        'lunar-lake/litertlm/cpu 0.0099 0.0151; lunar-lake/litertlm/gpu 0.0227 0.0153',
        'm4-max/llamacpp/gpu 0.3172 0.0287; m4-max/mlx/gpu -0.1076 0.0154',
        'm4-pro/mlx/gpu 0.1672 0.0161; m4/litertlm/cpu -0.0427 0.0151',
        'oneplus-12/executorch/cpu -0.0543 0.0236; rtx3060/llamacpp/gpu 0.012 0.0123',
        'rtx3090/llamacpp/gpu 0.0694 0.0125; rtx4090/litertlm/gpu -0.0376 0.0165',
        'rtx5080/llamacpp/gpu -0.6742 0.0156',
      ],
    },
    {
      name: 'start',
      spread: 0.98,
      levels: [
        'executorch/cpu 1.9756 0.0608; litertlm/cpu -0.0101 1.0433; litertlm/gpu -0.0836 0.9561',
        'llamacpp/gpu -0.536 0.0662; mlx/gpu -1.1355 0.1227',
      ],
    },
  ],
}
