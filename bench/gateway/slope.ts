/** The slope of the line through points with the least squared error; 0 of fewer than two. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  if (points.length < 2) return 0
  const mean = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const [xy, xx] = points.reduce(
    ([sumXy, sumXx], [x, y]) => [sumXy + (x - meanX) * (y - meanY), sumXx + (x - meanX) ** 2],
    [0, 0],
  )
  return xx === 0 ? 0 : xy / xx
}
