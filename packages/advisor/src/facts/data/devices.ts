/**
 * Devices: id, name, chip, class, bandwidth in GB/s, bus (bits x million transfers a second), memory and what an app may use of it in GB
 * of 2^30 bytes, as memory is sold, basis of the bandwidth, why so much is usable, where the bandwidth is from. `llmfit` stands for
 * that project's table. What an app may use is a rule of thumb unless its reason names a source.
 */
import type { Device, DeviceClass, Source } from '../types.ts'
import { readTable } from './table.ts'

const LLMFIT = 'github.com/AlexsJones/llmfit @3f44fd3, llmfit-core/src/hardware.rs'
const GB = 2 ** 30

const table = `
iphone-13 | iPhone 13 / 13 mini / SE 3 | A15 | phone | 34.1 | 64 x 4266 | 4 | 2 | computed | about 50 % of the memory, by rule of thumb: iOS ends apps above that | width and rate of its memory, from its maker's page; topcpu.net, A13 against A16
iphone-14pro | iPhone 14 Pro | A16 | phone | 51.2 | 64 x 6400 | 6 | 3 | computed | about 50 % of the memory, by rule of thumb | topcpu.net, Apple A16 Bionic against A13 Bionic: 51.2 GB/s
iphone-15 | iPhone 15 | A16 | phone | 51.2 | 64 x 6400 | 6 | 3 | claimed | about 50 % of the memory, by rule of thumb | the chip of the iPhone 14 Pro
iphone-15pro | iPhone 15 Pro | A17 Pro | phone | 51.2 | 64 x 6400 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb; up to 6 GB with the entitlement for more, on some versions of iOS | width and rate of its memory, as remembered
iphone-16 | iPhone 16 | A18 | phone | 60 | 64 x 7500 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
iphone-16pro | iPhone 16 Pro | A18 Pro | phone | 60 | 64 x 7500 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
iphone-17 | iPhone 17 | A19 | phone | 68.3 | - | 8 | 4 | published | about 50 % of the memory, by rule of thumb | inews.zoombangla.com/a19-pro-vs-a19-specs: LPDDR5X-8533
iphone-17pro | iPhone 17 Pro | A19 Pro | phone | 76.8 | - | 12 | 6 | published | iOS ends apps at 50 to 67 % of the memory (rickytakkar.com); 11,718 MB of it were measured (apple-silicon-llm-bench) | inews.zoombangla.com/a19-pro-vs-a19-specs; rickytakkar.com/blog_russet_mlx_benchmark.html: LPDDR5X-9600, 75.8 to 76.8 GB/s
pixel-8 | Pixel 8 / 8 Pro | Tensor G3 | phone | 68.3 | 64 x 8533 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered (an upper bound: Google does not say)
pixel-9 | Pixel 9 / 9 Pro | Tensor G4 | phone | 60 | - | 12 | 6 | published | about 50 % of the memory, by rule of thumb | runlocalai.co/hardware/google-tensor-g4: 60 GB/s; its memory could give 68.3
pixel-10 | Pixel 10 | Tensor G5 | phone | 68.3 | 64 x 8533 | 12 | 6 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered (an upper bound: Google does not say)
pixel-6a | Pixel 6a | Tensor G1 | phone | 51.2 | 64 x 6400 | 6 | 3 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
galaxy-s20fe | Galaxy S20 FE | Snapdragon 865 | phone | 44 | 64 x 5500 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
galaxy-s22 | Galaxy S22 | Snapdragon 8 Gen 1 | phone | 51.2 | 64 x 6400 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
galaxy-s23 | Galaxy S23 / Redmi K70 / Tab S9 | Snapdragon 8 Gen 2 | phone | 67.2 | 64 x 8400 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
galaxy-s24 | Galaxy S24 / S24 Ultra | Snapdragon 8 Gen 3 | phone | 76.8 | 64 x 9600 | 12 | 6 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
oneplus-12 | OnePlus 12 (16 GB) | Snapdragon 8 Gen 3 | phone | 76.8 | 64 x 9600 | 16 | 8 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
galaxy-s25 | Galaxy S25 / S25 Ultra / SD 8 Elite QRD | Snapdragon 8 Elite | phone | 84.8 | 64 x 10600 | 12 | 6 | computed | about 50 % of the memory, by rule of thumb | hi-tech.ua: LPDDR5X at 5300 MHz
galaxy-s26 | Galaxy S26 Ultra / POCO F8 (Myron) / OnePlus 15 / SD 8 Elite Gen 5 QRD | Snapdragon 8 Elite Gen 5 | phone | 84.8 | 64 x 10600 | 12 | 6 | computed | about 50 % of the memory, by rule of thumb | lowyat.net/2025/366994: LPDDR5X at 5300 MHz
oneplus-15 | OnePlus 15 | Snapdragon 8 Elite Gen 5 (SM8850) | phone | 84.8 | 64 x 10600 | 16 | 8 | claimed | about 50 % of the memory, by rule of thumb | the chip of the Galaxy S26 Ultra
galaxy-a16 | Galaxy A16 | Exynos 1330 / Helio G99 | phone-mid | 17.1 | 32 x 4266 | 4 | 1.5 | claimed | about 40 % of the memory, by rule of thumb | width and rate of its memory, as remembered
galaxy-a26 | Galaxy A26 | Exynos 1380 | phone-mid | 51.2 | 64 x 6400 | 6 | 2.5 | claimed | about 40 % of the memory, by rule of thumb | width and rate of its memory, as remembered (an upper bound: many have LPDDR4X)
galaxy-a36 | Galaxy A36 | Snapdragon 6 Gen 3 | phone-mid | 25.6 | 32 x 6400 | 6 | 2.5 | claimed | about 40 % of the memory, by rule of thumb | width and rate of its memory, as remembered
galaxy-a56 | Galaxy A56 | Exynos 1580 | phone-mid | 51.2 | 64 x 6400 | 8 | 3.5 | claimed | about 45 % of the memory, by rule of thumb | width and rate of its memory, as remembered
nothing-3a | Nothing Phone 3a | Snapdragon 7s Gen 3 | phone-mid | 25.6 | 32 x 6400 | 8 | 3.5 | claimed | about 45 % of the memory, by rule of thumb | width and rate of its memory, as remembered
poco-x7 | POCO X7 Pro class | Dimensity 8400 (MT6899) | phone-mid | 68.3 | 64 x 8533 | 8 | 3.5 | claimed | about 45 % of the memory, by rule of thumb | width and rate of its memory, as remembered
dimensity-9000p | Dimensity 9000+ phone/tablet | Dimensity 9000+ | phone | 60 | 64 x 7500 | 8 | 4 | claimed | about 50 % of the memory, by rule of thumb | width and rate of its memory, as remembered
m1 | MacBook Air M1 | M1 | laptop | 68.3 | - | 16 | 10.7 | published | about 67 %: the working set that Metal recommends | llmfit (68 there)
m1-pro | MacBook Pro M1 Pro | M1 Pro | laptop | 200 | - | 16 | 10.7 | published | about 67 %: the working set that Metal recommends | llmfit
m1-max | MacBook Pro M1 Max | M1 Max | laptop | 400 | - | 64 | 48 | published | about 75 %: the working set that Metal recommends | llmfit
m1-ultra | Mac Studio M1 Ultra | M1 Ultra | desktop | 800 | - | 64 | 48 | published | about 75 %: the working set that Metal recommends | llmfit
m2 | MacBook Air M2 | M2 | laptop | 100 | - | 16 | 10.7 | published | about 67 %: the working set that Metal recommends | llmfit
m2-pro | Mac mini M2 Pro | M2 Pro | laptop | 200 | - | 16 | 10.7 | published | about 67 %: the working set that Metal recommends | llmfit
m2-max | MacBook Pro M2 Max | M2 Max | laptop | 400 | - | 32 | 21.3 | published | about 67 %: the working set that Metal recommends | llmfit
m2-ultra | Mac Studio M2 Ultra | M2 Ultra | desktop | 800 | - | 192 | 144 | published | about 75 %: the working set that Metal recommends | llmfit
m3 | MacBook Air M3 | M3 | laptop | 100 | - | 16 | 10.7 | published | about 67 %: the working set that Metal recommends | llmfit
m3-pro | MacBook Pro M3 Pro | M3 Pro | laptop | 150 | - | 36 | 27 | published | about 75 %: the working set that Metal recommends | llmfit
m3-max | MacBook Pro M3 Max 40c | M3 Max | laptop | 400 | - | 64 | 48 | published | about 75 %: the working set that Metal recommends | llmfit
m3-ultra | Mac Studio M3 Ultra | M3 Ultra | desktop | 819 | - | 512 | 384 | published | about 75 %: the working set that Metal recommends | gpuhunter.io/gpu/m3-ultra; lilaclabs.ai: 819 (llmfit has 800)
m4 | Mac mini M4 | M4 | laptop | 120 | - | 16 | 10.7 | published | about 67 %: the working set that Metal recommends | llmfit
m4-pro | MacBook Pro M4 Pro | M4 Pro | laptop | 273 | - | 48 | 36 | published | about 75 %: the working set that Metal recommends | gpuhunter.io/gpu/m4-pro; llmfit
m4-max | MacBook Pro M4 Max | M4 Max | laptop | 546 | - | 128 | 96 | published | about 75 %: the working set that Metal recommends | gpuhunter.io/gpu/m4-max; llmfit
m5 | MacBook Pro M5 / iPad Pro M5 | M5 | laptop | 153.6 | - | 32 | 21.3 | published | about 67 %: the working set that Metal recommends | llmfit
m5-pro | MacBook Pro M5 Pro | M5 Pro | laptop | 307 | - | 48 | 36 | published | about 75 %: the working set that Metal recommends | llmfit
m5-max | MacBook Pro M5 Max | M5 Max | laptop | 614 | - | 128 | 96 | published | about 75 %: the working set that Metal recommends | llmfit
x-elite | Snapdragon X Elite | X1E | laptop | 135 | 128 x 8448 | 16 | 10 | claimed | about 60 % of the memory, by rule of thumb | width and rate of its memory, as remembered
x2-elite | Snapdragon X2 Elite | X2E | laptop | 152 | 128 x 9523 | 32 | 22 | claimed | about 70 % of the memory, by rule of thumb | width and rate of its memory, as remembered (X2 Elite Extreme: 228)
lunar-lake | Intel Core Ultra 200V (Arc 130V/140V) | Lunar Lake | laptop | 136.5 | 128 x 8533 | 32 | 22 | computed | about 70 % of the memory, by rule of thumb | github.com/AlexsJones/llmfit/pull/703: about 105 GB/s were measured
alder-lake-p | Intel 12th gen laptop (Iris Xe) | Alder Lake-P | laptop | 76.8 | 128 x 4800 | 16 | 10 | claimed | about 60 % of the memory, by rule of thumb | width and rate of its memory, as remembered (51 to 83 by the memory that is fitted)
ryzen-ai-340 | Framework 13 (Ryzen AI 5 340) | Krackan | laptop | 89.6 | 128 x 5600 | 16 | 10 | claimed | about 60 % of the memory, by rule of thumb | width and rate of its memory, as remembered
i7-10750h | Laptop i7-10750H | Comet Lake-H | laptop | 46.9 | 128 x 2933 | 16 | 11 | claimed | about 70 % of the memory, by rule of thumb | width and rate of its memory, as remembered
n150 | GMKtec G3 Plus (N150) | Intel N150 | sbc | 25.6 | 64 x 3200 | 16 | 12 | claimed | about 75 % of the memory, by rule of thumb | width and rate of its memory, as remembered
strix-halo | Framework Desktop (Ryzen AI Max+ 395) | Strix Halo | desktop | 256 | - | 128 | 96 | published | what the GPU may take of the shared memory | llmfit
steam-deck | Steam Deck LCD | Van Gogh | handheld | 88 | 128 x 5500 | 16 | 8 | claimed | what the GPU may take of the shared memory | width and rate of its memory, as remembered
pi4 | Raspberry Pi 4 / 400 | BCM2711 | sbc | 12.8 | 32 x 3200 | 8 | 6 | claimed | about 75 % of the memory, by rule of thumb | width and rate of its memory, as remembered (4 to 6 are reached)
pi5 | Raspberry Pi 5 / CM5 / 500+ | BCM2712 | sbc | 17.1 | 32 x 4267 | 8 | 6.5 | claimed | about 80 % of the memory, by rule of thumb | width and rate of its memory, as remembered
radxa-o6 | Radxa Orion O6 | CIX P1 | sbc | 102.4 | 128 x 6400 | 16 | 12 | claimed | about 75 % of the memory, by rule of thumb | width and rate of its memory, as remembered (its maker says about 100)
radxa-q8b | Radxa Dragon Q8B | SC8280XP (8cx Gen 3) | sbc | 68.3 | 128 x 4266 | 16 | 12 | claimed | about 75 % of the memory, by rule of thumb | github.com/radxa-docs/docs/pull/1969 names the chip; its memory is remembered
ms-r1 | Minisforum MS-R1 | CIX CP8180 | sbc | 102.4 | 128 x 6400 | 64 | 48 | claimed | about 75 % of the memory, by rule of thumb | width and rate of its memory, as remembered
jetson-orin-nano | Jetson Orin Nano Super 8GB | Orin Nano | sbc | 102.4 | - | 8 | 5.2 | published | what the system leaves (ericxliu.me) | ericxliu.me/posts/benchmarking-llms-on-jetson-orin-nano; NVIDIA: 102 GB/s in Super mode, 68 without
jetson-agx-orin | Jetson AGX Orin 64GB | Orin | sbc | 204.8 | - | 64 | 52 | claimed | about 80 % of the memory, by rule of thumb | NVIDIA Jetson page, as remembered
rtx3060 | RTX 3060 12GB | GA106 | desktop-gpu | 360 | - | 12 | 11 | published | the memory less 1 GB for driver and display | llmfit
rtx3070 | RTX 3070 8GB | GA104 | desktop-gpu | 448 | - | 8 | 7.2 | published | the memory less 0.8 GB for driver and display | llmfit
rtx3080 | RTX 3080 10GB | GA102 | desktop-gpu | 760 | - | 10 | 9 | published | the memory less 1 GB for driver and display | llmfit
rtx3080ti | RTX 3080 Ti | GA102 | desktop-gpu | 912 | - | 12 | 11 | published | the memory less 1 GB for driver and display | llmfit
rtx3090 | RTX 3090 | GA102 | desktop-gpu | 936 | - | 24 | 22.5 | published | the memory less 1.5 GB for driver and display | llmfit
rtx4070 | RTX 4070 | AD104 | desktop-gpu | 504 | - | 12 | 11 | published | the memory less 1 GB for driver and display | llmfit
rtx4070ti | RTX 4070 Ti | AD104 | desktop-gpu | 504 | - | 12 | 11 | published | the memory less 1 GB for driver and display | llmfit
rtx4080 | RTX 4080 | AD103 | desktop-gpu | 717 | - | 16 | 15 | published | the memory less 1 GB for driver and display | llmfit
rtx4090 | RTX 4090 | AD102 | desktop-gpu | 1008 | - | 24 | 22.5 | published | the memory less 1.5 GB for driver and display | llmfit
rtx5070 | RTX 5070 | GB205 | desktop-gpu | 672 | - | 12 | 11 | published | the memory less 1 GB for driver and display | llmfit
rtx5080 | RTX 5080 | GB203 | desktop-gpu | 960 | - | 16 | 15 | published | the memory less 1 GB for driver and display | llmfit
rtx5090 | RTX 5090 | GB202 | desktop-gpu | 1792 | - | 32 | 30 | published | the memory less 2 GB for driver and display | llmfit
rtx2080 | RTX 2080 | TU104 | desktop-gpu | 448 | - | 8 | 7.2 | published | the memory less 0.8 GB for driver and display | llmfit
rtx2080ti | RTX 2080 Ti | TU102 | desktop-gpu | 616 | - | 11 | 10 | published | the memory less 1 GB for driver and display | llmfit
rtx2070s | RTX 2070 Super | TU104 | desktop-gpu | 448 | - | 8 | 7.2 | published | the memory less 0.8 GB for driver and display | llmfit
gtx1660ti | GTX 1660 Ti | TU116 | desktop-gpu | 288 | - | 6 | 5.3 | published | the memory less 0.7 GB for driver and display | llmfit
gtx1070 | GTX 1070 | GP104 | desktop-gpu | 256 | - | 8 | 7.2 | claimed | the memory less 0.8 GB for driver and display | NVIDIA data sheet, as remembered
gtx1050ti | GTX 1050 Ti | GP107 | desktop-gpu | 112 | - | 4 | 3.4 | claimed | the memory less 0.6 GB for driver and display | NVIDIA data sheet, as remembered
rx7900xt | RX 7900 XT | Navi31 | desktop-gpu | 800 | - | 20 | 18.5 | published | the memory less 1.5 GB for driver and display | llmfit
rx7900xtx | RX 7900 XTX | Navi31 | desktop-gpu | 960 | - | 24 | 22.5 | published | the memory less 1.5 GB for driver and display | llmfit
rtx5880ada | RTX 5880 Ada | AD102 | desktop-gpu | 960 | - | 48 | 46 | claimed | the memory less 2 GB for driver and display | NVIDIA data sheet, as remembered
rtx4000ada | RTX 4000 Ada 20GB | AD104 | desktop-gpu | 360 | - | 20 | 18.5 | claimed | the memory less 1.5 GB for driver and display | NVIDIA data sheet, as remembered
rtx5000ada | RTX 5000 Ada 32GB | AD102 | desktop-gpu | 576 | - | 32 | 30 | claimed | the memory less 2 GB for driver and display | NVIDIA data sheet, as remembered
rtxa6000 | RTX A6000 | GA102 | desktop-gpu | 768 | - | 48 | 46 | published | the memory less 2 GB for driver and display | llmfit
rtx6000ada | RTX 6000 Ada | AD102 | desktop-gpu | 960 | - | 48 | 46 | claimed | the memory less 2 GB for driver and display | NVIDIA data sheet, as remembered
gb10 | DGX Spark / Dell Pro Max GB10 | GB10 | desktop | 273 | - | 128 | 110 | claimed | about 86 % of the memory, by rule of thumb | NVIDIA data sheet, as remembered
t4 | Tesla T4 | TU104 | datacenter-gpu | 320 | - | 16 | 15 | published | the memory less 1 GB for driver and display | llmfit
a40 | A40 | GA102 | datacenter-gpu | 696 | - | 48 | 46 | claimed | the memory less 2 GB for driver and display | NVIDIA data sheet, as remembered
l40s | L40S | AD102 | datacenter-gpu | 864 | - | 48 | 46 | published | the memory less 2 GB for driver and display | llmfit
a100-pcie | A100 PCIe 80GB | GA100 | datacenter-gpu | 1935 | - | 80 | 78 | claimed | the memory less 2 GB for driver and display | NVIDIA A100 data sheet, as remembered (llmfit has 1555: the part of 40 GB)
a100-sxm | A100 SXM 80GB | GA100 | datacenter-gpu | 2039 | - | 80 | 78 | published | the memory less 2 GB for driver and display | llmfit
h100-pcie | H100 PCIe 80GB | GH100 | datacenter-gpu | 2000 | - | 80 | 78 | claimed | the memory less 2 GB for driver and display | NVIDIA H100 data sheet, as remembered (llmfit has 2039)
h100-sxm | H100 SXM | GH100 | datacenter-gpu | 3350 | - | 80 | 78 | published | the memory less 2 GB for driver and display | llmfit
h200 | H200 SXM | GH100 | datacenter-gpu | 4800 | - | 141 | 138 | published | the memory less 3 GB for driver and display | llmfit
b200 | B200 | GB100x2 | datacenter-gpu | 8000 | - | 180 | 176 | claimed | the memory less 4 GB for driver and display | NVIDIA Blackwell data sheet, as remembered (HGX 7.7 to 8 TB/s)
`

/** As read on 2026-11-22. */
export const devices: readonly Device[] = readTable(table, 11).map(
  ([id, name, chip, kind, bandwidth, bus, memory, usable, basis, usableWhy, source]) => ({
    id: id!,
    name: name!,
    chip: chip!,
    class: kind as DeviceClass,
    bandwidthGBs: Number(bandwidth),
    bus: readBus(bus!),
    memoryBytes: Number(memory) * GB,
    usableBytes: Math.round(Number(usable) * GB),
    usableWhy: usableWhy!,
    source: source!.replace(/^llmfit\b/, LLMFIT),
    asOf: '2026-11-22',
    basis: basis as Source['basis'],
  }),
)

function readBus(cell: string): Device['bus'] {
  if (cell === '-') return null
  const [bits, mtps] = cell.split(' x ').map(Number)
  return { bits: bits!, mtps: mtps! }
}
