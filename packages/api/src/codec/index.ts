export * from './json/index.ts';
export * from './protobuf/index.ts';
