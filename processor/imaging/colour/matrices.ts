import type { Chromaticities } from './colour-encoding.ts'

export type Vector = readonly [number, number, number]
export type Matrix = readonly [Vector, Vector, Vector]

/** The white of ICC profiles. Source: ICC.1:2022, 7.2.16. */
export const d50: Vector = [0.9642, 1, 0.8249]

/** Source: Bruce Lindbloom, "Chromatic Adaptation"; ICC.1:2022, annex E. */
const bradford: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]

/** The matrix from linear RGB of these primaries to CIE XYZ under D50. */
export function rgbToXyz(chromaticities: Chromaticities): Matrix {
  return multiply(adaptTo(d50, toXyz(chromaticities.white)), rgbToNativeXyz(chromaticities))
}

/** The matrix from linear RGB of one set of primaries to that of another. */
export function rgbToRgb(from: Chromaticities, to: Chromaticities): Matrix {
  return multiply(invert(rgbToXyz(to)), rgbToXyz(from))
}

/** Whether the primaries span a triangle of some size and white has light. Real values are below 2. */
export function areUsable(chromaticities: Chromaticities): boolean {
  return rgbToXyz(chromaticities)
    .flat()
    .every((value) => Math.abs(value) < 16)
}

export function apply([first, second, third]: Matrix, vector: Vector): Vector {
  return [dot(first, vector), dot(second, vector), dot(third, vector)]
}

function rgbToNativeXyz({ red, green, blue, white }: Chromaticities): Matrix {
  const columns = [red, green, blue].map(([x, y]): Vector => [x, y, 1 - x - y]) as [Vector, Vector, Vector]
  const matrix = transpose(columns)
  const scale = apply(invert(matrix), toXyz(white))
  return matrix.map((row): Vector => [row[0] * scale[0], row[1] * scale[1], row[2] * scale[2]]) as never
}

function adaptTo(target: Vector, source: Vector): Matrix {
  const [to, from] = [apply(bradford, target), apply(bradford, source)]
  const gains: Matrix = [
    [to[0] / from[0], 0, 0],
    [0, to[1] / from[1], 0],
    [0, 0, to[2] / from[2]],
  ]
  return multiply(invert(bradford), multiply(gains, bradford))
}

/** XYZ with a Y of 1. */
function toXyz([x, y]: readonly [number, number]): Vector {
  return [x / y, 1, (1 - x - y) / y]
}

function multiply(left: Matrix, right: Matrix): Matrix {
  const [first, second, third] = transpose(right)
  return left.map((row): Vector => [dot(row, first), dot(row, second), dot(row, third)]) as never
}

function transpose([a, b, c]: Matrix): Matrix {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ]
}

function invert([a, b, c]: Matrix): Matrix {
  const crosses: Matrix = [cross(b, c), cross(c, a), cross(a, b)]
  const determinant = dot(a, crosses[0])
  return transpose(crosses.map((row) => row.map((value) => value / determinant)) as never)
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
