export * from './call/index.ts';
export * from './generated/resources.ts';
export * from './resource.ts';
export * from './status/index.ts';
export * from './schema/index.ts';
export * from './codec/index.ts';
export * from './quantity/index.ts';
export * from './time/index.ts';
