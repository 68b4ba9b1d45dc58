/** First file of the bundle: turns the compile cache on before the rest is loaded. */
import { enableCompileCache } from 'node:module';

enableCompileCache(new URL('cache', import.meta.url).pathname);
await import('./main.ts');
