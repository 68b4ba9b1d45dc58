export { type TemplateFunction } from './functions.ts';
export { goTemplate, TemplateError } from './run.ts';
