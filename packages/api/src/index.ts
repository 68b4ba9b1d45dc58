export * from './call/index.ts';
export * from './generated/resources.ts';
export * from './resource.ts';
export * from './status/index.ts';
export * from './schema/index.ts';
