export * from './json/index.ts';
export * from './protobuf/index.ts';
export * from './yaml/index.ts';
