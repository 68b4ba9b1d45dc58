import { basename } from 'node:path';

/** Called by the name `kubectl` it is that: our own verbs do not exist there. */
export const isKubectl: boolean = basename(process.env['COX_COMMAND'] ?? '') === 'kubectl';
