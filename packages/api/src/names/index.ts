export * from './dns.ts';
export * from './labels.ts';
export { emptyText, maxLengthText, patternText, rangeText } from './messages.ts';
export * from './values.ts';
