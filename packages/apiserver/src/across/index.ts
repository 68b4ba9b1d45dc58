export { serveAcross } from './serve-across.ts';
