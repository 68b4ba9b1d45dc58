export * from './arithmetic.ts';
export * from './canonical.ts';
export { parseQuantity, QuantityError } from './parse.ts';
export type { Quantity, QuantityFormat } from './parse.ts';
