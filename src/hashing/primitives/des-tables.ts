// Bits are numbered from 1, most significant first, as in FIPS 46-3, whose tables these are.

const range = (first: number, step: number, count: number) =>
  Array.from({ length: count }, (_, i) => first + i * step);

/** IP. */
export const initialPermutation = [58, 60, 62, 64, 57, 59, 61, 63].flatMap((bit) => range(bit, -8, 8));

/** IP's inverse. */
export const finalPermutation = range(40, -1, 8).flatMap((bit) =>
  [0, -32, 8, -24, 16, -16, 24, -8].map((step) => bit + step),
);

/** PC-1, which drops each byte's lowest bit. */
export const keyChoice1 = [
  ...[57, 58, 59].flatMap((bit) => range(bit, -8, 8)),
  ...range(60, -8, 4),
  ...[63, 62, 61].flatMap((bit) => range(bit, -8, 8)),
  ...range(28, -8, 4),
];

/** PC-2. */
export const keyChoice2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47,
  55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];

/** Left shifts of the key's halves before each round. */
export const keyShifts = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];

/** P. */
export const roundPermutation = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22,
  11, 4, 25,
];

/** S1 to S8: four rows of sixteen, a hexadecimal digit each. */
export const substitutions = [
  'e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d',
  'f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9',
  'a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c',
  '7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e',
  '2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453',
  'c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d',
  '4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c',
  'd2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b',
];
